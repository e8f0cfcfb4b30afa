package dev.ebb.engine.transfer;

import dev.ebb.engine.request.InvalidParameterException;
import dev.ebb.engine.request.TokenLogprobs;
import java.util.List;
import java.util.Optional;

/**
 * The claim check that prefill gives to decode: which blocks of the shared arena hold the prompt's
 * keys and values, and the first sampled token. No KV bytes travel with it.
 *
 * @param arena name of the arena, {@code kv://node/arena/...}; decode refuses another arena
 * @param epoch the arena's epoch; a recreated arena has another
 * @param layout {@code KvLayout.fingerprint()} of the blocks
 * @param lease lease id under which the blocks are held; consumed once. 0 when no lease could be had:
 *     decode then finds the full blocks by hash and computes the rest
 * @param leaseExpiresAtMs Unix time in milliseconds after which the blocks may be reclaimed,
 *     earlier where the clock is set back
 * @param blocks physical block ids in sequence order, the last one possibly partial
 * @param blockHashes hex SHA-256 of each full block, in order
 * @param promptHash hex SHA-256 of the whole prompt, {@code BlockHash.run} of what follows its last full block
 * @param tokensComputed prompt tokens whose KV the blocks hold
 * @param firstToken the token sampled after the prompt, of the first answer; where several are wanted,
 *     decode computes the prompt's last token again and samples them all
 * @param firstLogprobs its log-probabilities when asked for
 */
public record HandOff(
    String arena,
    long epoch,
    String layout,
    long lease,
    long leaseExpiresAtMs,
    int[] blocks,
    List<String> blockHashes,
    String promptHash,
    int tokensComputed,
    int firstToken,
    Optional<TokenLogprobs> firstLogprobs) {

  /**
   * @throws InvalidParameterException when a part that must be there is absent, or a number is negative
   */
  public HandOff {
    present("arena", arena);
    present("layout", layout);
    present("blocks", blocks);
    present("block_hashes", blockHashes);
    present("prompt_hash", promptHash);
    if (firstToken < 0) {
      throw new InvalidParameterException("hand_off.first_token", "hand_off.first_token must not be negative, got "
          + firstToken);
    }
    firstLogprobs = firstLogprobs == null ? Optional.empty() : firstLogprobs;
  }

  private static void present(String field, Object value) {
    if (value == null) {
      throw new InvalidParameterException("hand_off." + field, "missing", "hand_off." + field + " must be given");
    }
  }
}
