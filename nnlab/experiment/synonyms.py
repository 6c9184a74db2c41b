"""What other programs call the settings of nnlab: told to who types it, never taken for it in silence."""

from nnlab.core.registry import normalised

WORDS: dict[str, str] = {
    "learning_rate": "lr eta step_size base_lr",
    "max_minibatch_size": "b batch batch_size bs minibatch minibatch_size train_batch_size",
    "device=cuda": "gpu gpus cuda use_gpu use_cuda",
    "device=cpu": "cpu no_cuda",
    "early_stopping_patience": "patience",
    "early_stopping=stop": "early_stop",
    "optimizer=Momentum decay": "momentum",
    "weight_decay": "wd l2 l2_reg regularization regularisation",
    "epochs": "epoch n_epochs num_epochs nb_epochs max_epochs iterations",
    "layers": "hidden_layers hidden_sizes hidden_size hidden_units units neurons",
    "resize": "size img_size image_size imgsz input_size input_shape crop_size",
    "grayscale": "gray grey greyscale bw",
    "workers": "j num_workers jobs n_jobs",
    "dataset": "data data_dir data_path train_dir train_data folder dataset_path root input",
    "runs_dir": "output out out_dir output_dir save_dir log_dir project",
    "exp_id": "name run_name exp_name experiment_name",
    "partitions": "val_split validation_split valid_split test_size test_split splits",
    "amp": "fp16 half mixed_precision bf16",
    "dtype": "precision float_type",
    "optimizer": "optim opt solver",
    "loss": "criterion objective",
    "model": "arch architecture net network",
    "accuracy": "metric",
    "weights": "checkpoint ckpt pretrained init_from load load_weights",
    "schedule": "scheduler lr_scheduler lr_schedule",
    "clip_norm": "clip grad_clip clip_grad gradient_clip max_grad_norm",
    "fit=letterbox": "letterbox keep_aspect keep_ratio keep_aspect_ratio",
    "fit=crop": "center_crop centre_crop",
    "padding_color": "pad_color padding_colour fill fill_color",
    "interpolation": "resample resampling",
    "rot_angle": "rotate rotation degrees",
    "augment=HorizontalFlip": "flip hflip fliplr horizontal_flip random_horizontal_flip",
    "augment=VerticalFlip": "vflip flipud vertical_flip random_vertical_flip",
    "augment=RandomCrop": "random_crop",
    "augment=RandomResizedCrop": "random_resized_crop",
    "noise_intensity": "noise",
    "nbr_clones": "clones",
    "augment": "augmentation",
    "augment=TrivialAugment": "trivial_augment trivial_augment_wide auto_augment rand_augment aa",
    "augment=Brightness augment=Contrast augment=Saturation augment=Hue": "color_jitter colour_jitter jitter",
    "augment=Cutout": "cutout random_erasing erasing reprob random_erase",
    "augment=Blur": "blur gaussian_blur",
    "augment=Hue": "hue",
    "augment=Brightness": "brightness",
    "augment=Contrast": "contrast",
    "augment=Saturation": "saturation",
    "augment=Jpeg": "jpeg jpeg_compression",
    "augmentation_strength": "augment_strength strength magnitude",
    "mixup": "mixup_alpha",
    "cutmix": "cutmix_alpha",
    "minmax_normalize": "normalize normalise autocontrast",
    "adaptive_invert": "invert",
    "activation": "act nonlinearity",
    "initializer": "init weight_init",
    "batch_norm": "bn",
    "dropout_rate": "drop dropout_p",
    "model_seed": "random_state random_seed",
    "data_loader": "loader image_library backend_images",
    "onnx_model": "onnx",
    "threads": "num_threads cores",
    "processes": "nproc num_processes n_procs world_size nproc_per_node data_parallel ddp",
    "training_times": "repeats repeat n_runs",
    "folds": "kfold k_folds n_folds n_splits cv cross_validation cross_val",
    "group_by": "groups group groupkfold",
}
"""Settings, alone, with a value or several together, and what each is called elsewhere."""

NEEDLESS: dict[str, str] = {
    "shuffle shuffle_train no_shuffle": "minibatches are shuffled in every epoch; --dataset-seed chooses the order",
    "stratify stratified": "partitions have the classes in equal shares",
    "drop_last": "the last minibatch of an epoch may be smaller",
    "pin_memory prefetch prefetch_factor persistent_workers": "images are read before training begins",
    "deterministic reproducible": "the same seeds give the same results",
    "verbose progress progress_bar": "progress is shown on a terminal",
}
"""Words of other programs for what nnlab always does, and what to say of it."""

_SETTINGS = {normalised(word): said for said, words in WORDS.items() for word in words.split()}

_NEEDLESS = {normalised(word): said for words, said in NEEDLESS.items() for word in words.split()}


def meant_by(word: str) -> list[str]:
    """The settings that a word of another program means, each a key or key=value; none for an unknown word."""
    return _SETTINGS.get(normalised(word), "").split()


def needless(word: str) -> str | None:
    """What to say of a word of another program for what is always done; None for others."""
    return _NEEDLESS.get(normalised(word))
