package dev.ebb.keda;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** The decision is a function, and the module knows nothing of models. */
class ArchitectureTest {
  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.ebb.keda");
  private static final String[] PURE = {"dev.ebb.keda.decide", "dev.ebb.keda.setting"};

  @Test
  void decisionsHaveNeitherClientNorClockNorThread() {
    noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..", "java.net.http..", "java.nio.file..", "dev.ebb.keda.loop")
        .check(MAIN);
    noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat()
        .belongToAnyOf(KubernetesClient.class, Clock.class, Thread.class, System.class).check(MAIN);
  }

  @Test
  void onlyThisModuleTheClientAndYamlAreKnown() {
    classes().that().resideInAPackage("dev.ebb.keda..").should().onlyDependOnClassesThat()
        .resideInAnyPackage("dev.ebb.keda..", "java..", "com.sun.net.httpserver", "io.fabric8..",
            "com.fasterxml.jackson.annotation", "org.snakeyaml.engine..").check(MAIN);
  }

  @Test
  void settingsKnowNothingOfDecisions() {
    noClasses().that().resideInAPackage("dev.ebb.keda.setting").should().dependOnClassesThat()
        .resideInAPackage("dev.ebb.keda.decide").check(MAIN);
  }
}
