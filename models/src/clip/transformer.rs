//! The transformer blocks of both towers: pre-norm attention and MLP.

use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Int, Tensor, activation};

use super::config::EncoderConfig;
use crate::cpu::epilogue::Activation;
use crate::layers::{Dense, LayerNorm, Rows};
use crate::place::Place;

/// A matrix as PyTorch stores it, `[outputs, inputs]`, or a scale; and a vector added afterwards.
type Pair = (Vec<f32>, Vec<f32>);

/// The numbers of a block.
pub(super) struct BlockWeights {
    pub(super) norm1: Pair,
    /// Queries, keys and values below each other: `[3·width, width]`. The queries already carry the scale of the scores.
    pub(super) qkv: Pair,
    pub(super) out: Pair,
    pub(super) norm2: Pair,
    pub(super) first: Pair,
    pub(super) second: Pair,
}

/// `x += out(attention(norm1(x)))`, then `x += second(activation(first(norm2(x))))`.
#[derive(Debug)]
pub(crate) struct Block {
    norm1: LayerNorm,
    qkv: Dense,
    out: Dense,
    norm2: LayerNorm,
    first: Dense,
    second: Dense,
    heads: usize,
    activation: Activation,
    place: Place,
}

impl Block {
    pub(super) fn new(weights: BlockWeights, encoder: &EncoderConfig, rows: Rows, place: &Place) -> Self {
        let EncoderConfig { width, hidden, epsilon, heads, activation, .. } = *encoder;
        let norm = |(gamma, beta): Pair| LayerNorm::new(gamma, beta, epsilon, place);
        let dense = |(weight, bias): Pair, shape| Dense::for_rows(rows, weight, shape, Some(bias), place);
        Self {
            norm1: norm(weights.norm1),
            qkv: dense(weights.qkv, [3 * width, width]),
            out: dense(weights.out, [width, width]),
            norm2: norm(weights.norm2),
            first: dense(weights.first, [hidden, width]),
            second: dense(weights.second, [width, hidden]),
            heads,
            activation,
            place: place.clone(),
        }
    }

    /// `[batch · tokens, width]` → the same. With `causal`, a token sees only itself and what is before it.
    pub(super) fn forward(&self, x: Tensor<2>, batch: usize, causal: bool) -> Tensor<2> {
        let seen = self.attend(x.clone(), batch, causal);
        self.rest(x, seen)
    }

    /// [`forward`](Self::forward) for the given rows only: `[batch · tokens, width]` → `[rows, width]`.
    ///
    /// The last block's other tokens are never looked at: the keys and values of all tokens are needed (with the queries in the same
    /// product, a quarter of a block's work), and everything behind them for these rows alone.
    pub(super) fn forward_rows(
        &self,
        x: Tensor<2>,
        batch: usize,
        causal: bool,
        rows: Tensor<1, Int>,
    ) -> Tensor<2> {
        let seen = self.attend(x.clone(), batch, causal).select(0, rows.clone());
        self.rest(x.select(0, rows), seen)
    }

    fn rest(&self, x: Tensor<2>, seen: Tensor<2>) -> Tensor<2> {
        let x = self.out.forward_with(seen, Some(x), Activation::Identity);
        let hidden = self.first.forward_with(self.norm2.forward(x.clone()), None, self.activation);
        self.second.forward_with(hidden, Some(x), Activation::Identity)
    }

    /// Attention without the output projection.
    fn attend(&self, x: Tensor<2>, batch: usize, causal: bool) -> Tensor<2> {
        let [rows, width] = x.dims();
        let (tokens, heads, depth) = (rows / batch, self.heads, width / self.heads);
        let qkv = self.qkv.forward(self.norm1.forward(x));
        // [batch, 3·heads, tokens, depth], as a view.
        let heads_first = qkv.reshape([batch, tokens, 3 * heads, depth]).swap_dims(1, 2);
        let part = |index: usize| heads_first.clone().narrow(1, index * heads, heads);
        let (q, k, v) = (part(0), part(1), part(2));
        let seen = if self.place.is_cpu() && !causal {
            // Products of views: burn's attention would copy q, k and v first.
            activation::softmax(q.matmul(k.swap_dims(2, 3)), 3).matmul(v)
        } else {
            let options = AttentionModuleOptions { scale: Some(1.0), softcap: None, is_causal: causal };
            attention(q, k, v, None, None, options)
        };
        seen.swap_dims(1, 2).reshape([rows, width])
    }
}
