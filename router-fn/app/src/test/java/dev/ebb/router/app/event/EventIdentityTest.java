package dev.ebb.router.app.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class EventIdentityTest {
  @Test
  void aKeyIsShortHoweverLongTheEventsIdIs() {
    assertEquals(64, new EventIdentity("/test", "x".repeat(9_000_000)).key().length());
  }

  @Test
  void sourceAndIdAreToldApartAlsoByTheirBorder() {
    assertNotEquals(new EventIdentity("a\nb", "c").key(), new EventIdentity("a", "b\nc").key());
    assertNotEquals(new EventIdentity("ab", "c").key(), new EventIdentity("a", "bc").key());
    assertEquals(new EventIdentity("a", "b").key(), new EventIdentity("a", "b").key());
  }
}
