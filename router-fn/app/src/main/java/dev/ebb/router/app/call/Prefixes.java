package dev.ebb.router.app.call;

import dev.ebb.engine.kv.BlockHash;
import dev.ebb.engine.kv.KvLayout;
import dev.ebb.router.app.config.RouterSettings;
import dev.ebb.router.app.model.PreparedPrompt;
import dev.ebb.router.app.model.ServedModel;
import dev.ebb.router.place.Placement;
import dev.ebb.router.place.PlacementRule;
import dev.ebb.router.place.SeenPrefixes;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;

/** Places prompts by what decode is known to hold, and learns from what it answered. */
@ApplicationScoped
public class Prefixes {
  private static final int BLOCKS_REMEMBERED = 65_536;

  private final SeenPrefixes decode = new SeenPrefixes(BLOCKS_REMEMBERED);
  private final PlacementRule rule;

  Prefixes(RouterSettings settings) {
    rule = new PlacementRule(settings.prefillThresholdTokens());
  }

  Placement place(ServedModel model, PreparedPrompt prompt, String salt) {
    // The last token is always computed, for its logits; so a whole prompt is never a hit.
    int[] cacheable = Arrays.copyOf(prompt.tokens(), prompt.tokens().length - 1);
    int blocks = decode.longestPrefix(BlockHash.chain(cacheable, model.fingerprint(), salt));
    return rule.place(prompt.tokens().length, blocks * KvLayout.BLOCK_TOKENS, KvLayout.BLOCK_TOKENS,
        prompt.sampling());
  }

  /** Decode holds the prompt and its answer now, but for the answer's last token. */
  void remember(ServedModel model, int[] prompt, int[] answer, String salt) {
    int kept = Math.max(0, answer.length - 1);
    int[] all = Arrays.copyOf(prompt, prompt.length + kept);
    System.arraycopy(answer, 0, all, prompt.length, kept);
    decode.remember(BlockHash.chain(all, model.fingerprint(), salt));
  }
}
