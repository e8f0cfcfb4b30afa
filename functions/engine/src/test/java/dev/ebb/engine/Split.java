package dev.ebb.engine;

import dev.ebb.engine.request.GenerationRequest;
import dev.ebb.engine.request.GenerationRequest.Phase;
import dev.ebb.engine.transfer.HandOff;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Routes requests through a prefill and a decode engine, as the router does, in random interleaving. */
final class Split {
  private final Rig prefill;
  private final Rig decode;
  private final Random random;
  private final Map<GenerationRequest, Recorder> prefilling = new HashMap<>();
  private final Map<String, Recorder> heard = new HashMap<>();

  Split(Rig prefill, Rig decode, Random random) {
    this.prefill = prefill;
    this.decode = decode;
    this.random = random;
  }

  void submit(GenerationRequest request) {
    if (request.sampling().promptLogprobs() >= 0 || random.nextInt(4) == 0) {
      // Prompt log-probabilities come from whoever computes the prompt for the answer; short prompts go there too.
      heard.put(request.id(), decode.submit(request));
    } else {
      prefilling.put(request, prefill.submit(with(request, Phase.PREFILL, null)));
    }
  }

  Recorder heard(String id) {
    return heard.get(id);
  }

  void finish() {
    boolean busy = true;
    for (int i = 0; busy; i++) {
      if (i > 50_000) {
        throw new AssertionError("prefill " + prefill.census() + ", decode waits for blocks for ever");
      }
      EngineLoop.Result one = random.nextBoolean() ? prefill.step() : EngineLoop.Result.WORKED;
      forward();
      EngineLoop.Result other = decode.step();
      prefill.nowMs++;
      decode.nowMs++;
      busy = one != EngineLoop.Result.IDLE || other != EngineLoop.Result.IDLE || !prefilling.isEmpty();
    }
  }

  private void forward() {
    List<GenerationRequest> done = new ArrayList<>();
    prefilling.forEach((request, recorder) -> {
      if (recorder.done()) {
        done.add(request);
      }
    });
    for (GenerationRequest request : done) {
      Recorder recorder = prefilling.remove(request);
      if (recorder.failure != null) {
        throw recorder.failure;
      }
      Optional<HandOff> handOff = recorder.completion.handOff();
      heard.put(request.id(), handOff.isEmpty() ? recorder
          : decode.submit(with(request, Phase.DECODE, sometimesBroken(handOff.get()))));
    }
  }

  /** Now and then decode gets a claim check that no longer holds. */
  private HandOff sometimesBroken(HandOff h) {
    return switch (random.nextInt(8)) {
      case 0 -> new HandOff(h.arena(), h.epoch() + 1, h.layout(), h.lease(), h.leaseExpiresAtMs(), h.blocks(),
          h.blockHashes(), h.promptHash(), h.tokensComputed(), h.firstToken(), h.firstLogprobs());
      case 1 -> new HandOff(h.arena(), h.epoch(), h.layout(), h.lease() + 1024, h.leaseExpiresAtMs(), h.blocks(),
          h.blockHashes(), h.promptHash(), h.tokensComputed(), h.firstToken(), h.firstLogprobs());
      default -> h;
    };
  }

  private static GenerationRequest with(GenerationRequest r, Phase phase, HandOff handOff) {
    return new GenerationRequest(r.id(), r.promptTokens(), r.sampling(), r.cacheSalt(), r.priority(), phase,
        Optional.ofNullable(handOff));
  }
}
