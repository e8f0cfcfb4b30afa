package dev.ebb.knative.status;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class UsageTest {

  @ParameterizedTest
  @CsvSource({"8589934592, 8Gi", "1476395008, 1408Mi", "8Gi, 8Gi", "0, 0", "2, 2", "600m, 0.6", "1024, 1024",
      "1000000000, 1000000000", "2Ti, 2Ti"})
  void bytesAreShownInTheirLargestUnit(String quantity, String shown) {
    assertEquals(shown, Usage.shown(new Quantity(quantity)));
  }
}
