package dev.ebb.nativecore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ebb.engine.backend.BackendException;
import dev.ebb.engine.backend.BackendException.Reason;
import dev.ebb.engine.backend.BackendProvider.Availability;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The library with CUDA inside, where no driver or no device is: it loads, and says what is missing. */
@Tag("cuda")
class CudaWithoutDeviceTest {

  @Test
  void theBackendIsThereAndSaysWhatItLacks() {
    Availability cuda = new CudaBackendProvider().availability();
    assertFalse(cuda.available(), cuda.description());
    assertTrue(cuda.description().contains("no device"), cuda.description());
    BackendException e = assertThrows(BackendException.class, () -> new CudaBackendProvider().open(1));
    assertEquals(Reason.UNSUPPORTED, e.reason());
    assertTrue(e.getMessage().contains("no device"), e.getMessage());
  }
}
