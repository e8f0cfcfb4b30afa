package dev.ebb.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of this build, from a resource that the build fills in. */
final class Version implements IVersionProvider {

  static String text() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("/dev/ebb/cli/build.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new CliException("the command's own resource cannot be read: " + e.getMessage(), e);
    }
    return build.getProperty("version");
  }

  @Override
  public String[] getVersion() {
    return new String[] {"ebb " + text()};
  }
}
