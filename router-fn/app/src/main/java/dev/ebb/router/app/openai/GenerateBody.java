package dev.ebb.router.app.openai;

import dev.ebb.engine.request.SamplingParamsBuilder;
import dev.ebb.router.request.Prompt;
import java.util.List;
import java.util.Optional;

/**
 * A parsed request for an answer.
 *
 * @param model the name that the caller wrote, or null
 * @param prompts at least one; chat has exactly one
 * @param sampling everything but the length, already checked
 * @param seeded whether the seed is the caller's; else it was drawn for this request
 * @param maxTokens what the caller asked for; else the API's default holds
 * @param output what to send back
 * @param cacheSalt keeps prefixes apart; empty for none
 * @param priority lower is earlier
 * @param addSpecialTokens whether a begin-of-sequence token is put first where the model has one
 * @param truncatePromptTokens keep that many tokens of the prompt's end
 */
public record GenerateBody(
    Api api,
    String model,
    List<Prompt> prompts,
    SamplingParamsBuilder sampling,
    boolean seeded,
    Optional<Integer> maxTokens,
    OutputOptions output,
    String cacheSalt,
    int priority,
    boolean addSpecialTokens,
    Optional<Integer> truncatePromptTokens) {}
