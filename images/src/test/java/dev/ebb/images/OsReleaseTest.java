package dev.ebb.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OsReleaseTest {
  private static final DebianPackages.Package LIBRARY =
      new DebianPackages.Package("libstdc++6", "1:12.2.0-14+deb12u1", "amd64");

  @Test
  void addressesOfPackagesNameTheDistribution() throws IOException {
    OsRelease debian = OsRelease.of("""
        PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
        VERSION_ID="12"
        ID=debian
        """);
    assertEquals("pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12",
        debian.url(LIBRARY));
    assertEquals(new OsRelease("ubuntu", "24.04"), OsRelease.of("ID=ubuntu\nID_LIKE=debian\nVERSION_ID='24.04'"));
  }

  @Test
  void whatHasNoVersionHasNoneInTheAddress() throws IOException {
    assertTrue(OsRelease.of("# sid\nID=debian\n").url(LIBRARY).endsWith("?arch=amd64"));
  }

  @Test
  void aFileWithoutADistributionIsRefused() {
    assertTrue(assertThrows(IOException.class, () -> OsRelease.of("NAME=x\n")).getMessage().contains("has no ID"));
  }

  @Test
  void theBillOfMaterialsHasThoseAddresses() throws IOException {
    String bill = new Materials().packages(List.of(LIBRARY), new OsRelease("ubuntu", "24.04")).json("x", "1");
    assertTrue(bill.contains("\"purl\" : \"pkg:deb/ubuntu/libstdc%2B%2B6@1%3A12.2.0-14%2Bdeb12u1?arch=amd64"
        + "&distro=ubuntu-24.04\""), bill);
  }
}
