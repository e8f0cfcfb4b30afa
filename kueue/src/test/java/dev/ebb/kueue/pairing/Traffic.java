package dev.ebb.kueue.pairing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Many models on few GPUs over time: each wants to be served for a few steps, then rests and comes again. Quotas are
 * lost at random as by preemption, of one phase and not the other, and come back a step after they were released.
 */
final class Traffic {
  private static final int STEPS = 400;
  private static final int SERVICE_STEPS_MAX = 5;

  private final String name;
  private final SplittableRandom random;
  private final int total;
  private final List<Model> models = new ArrayList<>();

  Traffic(long seed) {
    name = "seed " + seed;
    random = new SplittableRandom(seed);
    total = random.nextInt(2, 7);
    int count = random.nextInt(2, 7);
    for (int i = 0; i < count; i++) {
      models.add(new Model("m" + i, random.nextInt(1, Math.max(2, total / 2 + 1)), random.nextInt(1, total / 2 + 1),
          random.nextBoolean()));
    }
  }

  void run() {
    for (int step = 0; step < STEPS; step++) {
      for (Model model : models) {
        model.live(step);
      }
      int held = models.stream().mapToInt(Model::gpus).sum();
      assertTrue(held <= total, name);
      List<ModelPlan> plans = PairingRule.plan(total - held, total, Contention.STRICT,
          models.stream().map(Model::demand).toList());
      for (ModelPlan plan : plans) {
        models.stream().filter(model -> model.name.equals(plan.model())).forEach(model -> model.carryOut(plan));
      }
    }
    models.forEach(model -> assertTrue(model.served > 1, name + ": " + model.name + " was never served"));
  }

  private final class Model {
    private final String name;
    private final int decodeGpus;
    private final int prefillGpus;
    private final boolean alone;
    private int decodes;
    private int prefills;
    private boolean wants;
    private int arrival;
    private int stepsToGo;
    private int served;

    Model(String name, int decodeGpus, int prefillGpus, boolean alone) {
      this.name = name;
      this.decodeGpus = decodeGpus;
      this.prefillGpus = prefillGpus;
      this.alone = alone;
    }

    void live(int step) {
      if (!wants && random.nextInt(3) == 0) {
        wants = true;
        arrival = step;
        stepsToGo = random.nextInt(1, SERVICE_STEPS_MAX + 1);
      } else if (wants && serves() && stepsToGo-- == 0) {
        wants = false;
        served++;
        decodes = 0;
        prefills = 0;
      } else if (random.nextInt(20) == 0) {
        decodes = 0;
      } else if (random.nextInt(20) == 0) {
        prefills = 0;
      }
      boolean tooLong = wants && !serves() && step - arrival > models.size() * (SERVICE_STEPS_MAX + 1) * 4;
      assertTrue(!tooLong, () -> Traffic.this.name + ": " + name + " waits since step " + arrival);
    }

    boolean serves() {
      return decodes > 0 && (alone || prefills > 0);
    }

    int gpus() {
      return decodes * decodeGpus + prefills * prefillGpus;
    }

    ModelDemand demand() {
      int wanted = wants ? 1 : 0;
      return new ModelDemand(name, 0, arrival, alone, new PhaseDemand(wanted, decodes, decodeGpus),
          new PhaseDemand(wanted, prefills, prefillGpus));
    }

    void carryOut(ModelPlan plan) {
      decodes += plan.decode().wake() - plan.decode().release();
      prefills += plan.prefill().wake() - plan.prefill().release();
    }
  }
}
