package dev.ebb.keda.trigger;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** Triggers are data and functions of the JDK alone. */
class ArchitectureTest {
  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.ebb.keda.trigger");

  @Test
  void nothingButTheJdkIsKnown() {
    assertTrue(MAIN.size() > 5, "the classes were found");
    classes().should().onlyDependOnClassesThat().resideInAnyPackage("dev.ebb.keda.trigger", "java..").check(MAIN);
  }

  @Test
  void triggersHaveNeitherClockNorThread() {
    noClasses().should().dependOnClassesThat().resideInAnyPackage("java.util.concurrent..", "java.net.http..")
        .orShould().dependOnClassesThat().belongToAnyOf(Clock.class, Thread.class, System.class).check(MAIN);
  }
}
