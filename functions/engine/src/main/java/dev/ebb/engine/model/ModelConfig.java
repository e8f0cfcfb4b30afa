package dev.ebb.engine.model;

/**
 * Hyper-parameters of a dense Llama-like decoder (Llama, Qwen2, Qwen3); architectures differ by
 * these values and by which optional tensors exist, not by class.
 *
 * @param architecture the file's own name for it, such as {@code llama} or {@code qwen3}
 * @param name display name
 * @param contextLength greatest position + 1
 * @param ffn inner size of the feed-forward network
 * @param slidingWindow tokens a query sees, itself included; 0 for all
 */
public record ModelConfig(
    String architecture,
    String name,
    int layers,
    int hidden,
    int heads,
    int kvHeads,
    int headDim,
    int ffn,
    int vocabulary,
    int contextLength,
    float rmsEpsilon,
    RopeConfig rope,
    int slidingWindow) {}
