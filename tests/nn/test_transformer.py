import torch

from face2bone.nn.transformer import EncoderLayer, MapEncoder


def torchs_layer(ours: EncoderLayer, dim: int, heads: int) -> torch.nn.TransformerEncoderLayer:
    theirs = torch.nn.TransformerEncoderLayer(
        dim, heads, 2 * dim, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    names = {
        "self_attn.in_proj_weight": ours.qkv.weight,
        "self_attn.in_proj_bias": ours.qkv.bias,
        "self_attn.out_proj.weight": ours.out.weight,
        "self_attn.out_proj.bias": ours.out.bias,
    }
    pairs = {"linear1": ours.widen, "linear2": ours.narrow, "norm1": ours.norm1}
    for name, module in (pairs | {"norm2": ours.norm2}).items():
        names |= {f"{name}.weight": module.weight, f"{name}.bias": module.bias}
    theirs.load_state_dict(names)
    return theirs


def test_a_layer_equals_torchs() -> None:
    torch.manual_seed(4)
    ours = EncoderLayer(24, 4)
    x = torch.randn(3, 10, 24)
    expected = torchs_layer(ours, 24, 4)(x)
    torch.testing.assert_close(ours(x), expected, rtol=1e-4, atol=1e-5)


def test_without_places_the_order_of_positions_does_not_matter() -> None:
    torch.manual_seed(4)
    encoder = MapEncoder(12, 8, 16, layers=2, heads=4)
    x = torch.randn(2, 12, 8, 8)
    turned = x.flip(3)
    assert (encoder(x) - encoder(turned)).abs().max() > 1e-5
    torch.nn.init.zeros_(encoder.place)
    torch.testing.assert_close(encoder(x), encoder(turned), rtol=1e-4, atol=1e-5)


def test_each_map_is_read_alone() -> None:
    encoder = MapEncoder(12, 8, 16, layers=2, heads=4)
    x = torch.randn(3, 12, 8, 8)
    alone = torch.cat([encoder(each[None]) for each in x])
    assert alone.shape == (3, 16)
    torch.testing.assert_close(encoder(x), alone, rtol=1e-4, atol=1e-5)
