"""Convolutions of images with the channels last, as layers train them; `convolution` says which form does one."""
