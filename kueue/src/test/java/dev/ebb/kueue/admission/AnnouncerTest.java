package dev.ebb.kueue.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private final AtomicReference<Map<String, PodAdmission>> standings = new AtomicReference<>(Map.of());
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private static PodAdmission standing(String pod, Workloads workload) {
    return new PodAdmission("models", pod, pod, "decode", AdmissionRule.admission(workload.get(), List.of(),
        Optional.of("serving"), Optional.empty()));
  }

  private final class Recorder implements AdmissionListener {
    @Override
    public void changed(PodAdmission now) {
      told.add("changed " + now.pod() + " " + now.admission().state());
      if (now.pod().equals("bad")) {
        throw new IllegalStateException("a listener's fault, thrown by this test");
      }
    }

    @Override
    public void gone(PodAdmission last) {
      told.add("gone " + last.pod());
    }
  }

  private String next() throws InterruptedException {
    return told.poll(10, TimeUnit.SECONDS);
  }

  @Test
  void tellsDifferencesOnly() throws InterruptedException {
    try (Announcer announcer = new Announcer(standings::get, new Recorder())) {
      announcer.stir();
      assertNull(told.poll(200, TimeUnit.MILLISECONDS), "nothing before it is opened");
      standings.set(Map.of("a", standing("a", Workloads.pending("a", 1))));
      announcer.open();
      assertEquals("changed a WAITING", next());
      for (int i = 0; i < 100; i++) {
        announcer.stir();
      }
      assertNull(told.poll(200, TimeUnit.MILLISECONDS), "nothing changed");
      standings.set(Map.of());
      announcer.stir();
      assertEquals("gone a", next());
    }
  }

  @Test
  void failingListenerAndFailingLookEndNothing() throws InterruptedException {
    try (Announcer announcer = new Announcer(() -> new HashMap<>(standings.get()), new Recorder())) {
      standings.set(Map.of("bad", standing("bad", Workloads.pending("bad", 1))));
      announcer.open();
      assertEquals("changed bad WAITING", next());
      standings.set(null);
      announcer.stir();
      assertNull(told.poll(200, TimeUnit.MILLISECONDS));
      standings.set(Map.of("bad", standing("bad", Workloads.pending("bad", 1).is("Finished", "True", "", "", 2))));
      announcer.stir();
      assertEquals("changed bad FINISHED", next());
    }
  }

  @Test
  void tellsNothingOnceClosed() throws InterruptedException {
    Announcer announcer = new Announcer(standings::get, new Recorder());
    announcer.open();
    announcer.close();
    standings.set(Map.of("a", standing("a", Workloads.pending("a", 1))));
    announcer.stir();
    assertNull(told.poll(200, TimeUnit.MILLISECONDS));
  }
}
