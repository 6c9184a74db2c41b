"""Networks as graphs of layers: graph.py runs one, each other file is a recipe for one."""

from nnlab.models.auto_encoder import AutoEncoder as AutoEncoder
from nnlab.models.base import MODELS as MODELS
from nnlab.models.base import Model as Model
from nnlab.models.centre_net import CentreNet as CentreNet
from nnlab.models.conv_ne_xt_tiny import ConvNeXtTiny as ConvNeXtTiny
from nnlab.models.mb_conv_net import MBConvNet as MBConvNet
from nnlab.models.mobile_net_v2 import MobileNetV2 as MobileNetV2
from nnlab.models.n_layers import NLayers as NLayers
from nnlab.models.one_layer import OneLayer as OneLayer
from nnlab.models.resnet import ResNet18 as ResNet18
from nnlab.models.resnet import ResNet34 as ResNet34
from nnlab.models.resnet import ResNet50 as ResNet50
from nnlab.models.resnet import ResNet101 as ResNet101
from nnlab.models.resnet import ResNet152 as ResNet152
from nnlab.models.small_cnn import SmallCnn as SmallCnn
from nnlab.models.u2_net_p import U2NetP as U2NetP
from nnlab.models.u_net import UNet as UNet
