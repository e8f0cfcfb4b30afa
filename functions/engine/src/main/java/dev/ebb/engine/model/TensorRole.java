package dev.ebb.engine.model;

/** What a tensor does in the network; the order is that of {@code ebb_role} in model.h. */
public enum TensorRole {
  TOKEN_EMBEDDING,
  OUTPUT_NORM,
  OUTPUT,
  ATTENTION_NORM,
  Q,
  K,
  V,
  Q_BIAS,
  K_BIAS,
  V_BIAS,
  Q_NORM,
  K_NORM,
  ATTENTION_OUTPUT,
  ATTENTION_OUTPUT_BIAS,
  FFN_NORM,
  FFN_GATE,
  FFN_UP,
  FFN_DOWN
}
