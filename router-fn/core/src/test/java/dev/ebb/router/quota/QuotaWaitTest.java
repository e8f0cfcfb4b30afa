package dev.ebb.router.quota;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuotaWaitTest {
  @Test
  void saysWhereItStandsAndWhatIsShort() {
    assertEquals("waiting for quota, position 2 in serving (cluster queue gpu), 1 GPU short",
        new QuotaWait(2, "serving", "gpu", "1 GPU short", false).text());
  }

  @Test
  void leavesOutWhatIsNotKnown() {
    assertEquals("waiting for quota in serving", new QuotaWait(0, "serving", "", "", false).text());
    assertEquals("waiting for quota in serving (cluster queue gpu); the queue cannot give it, and waiting does not "
        + "help", new QuotaWait(0, "serving", "gpu", "", true).text());
  }
}
