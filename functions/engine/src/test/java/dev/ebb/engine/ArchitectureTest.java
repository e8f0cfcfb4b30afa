package dev.ebb.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The engine is pure Java: no framework, no HTTP, no JSON. */
class ArchitectureTest {
  private static final JavaClasses ENGINE = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.ebb.engine");

  @Test
  void knowsNoFramework() {
    assertTrue(ENGINE.size() > 50, "the engine's classes were found");
    noClasses().should().dependOnClassesThat()
        .resideInAnyPackage("io.quarkus..", "jakarta..", "com.fasterxml..", "io.vertx..", "java.net.http..")
        .check(ENGINE);
  }

  @Test
  void dependsOnItselfAndTheJdkAlone() {
    classes().should().onlyDependOnClassesThat().resideInAnyPackage("dev.ebb.engine..", "java..").check(ENGINE);
  }

  @Test
  void theInnerPackagesDoNotKnowTheEngine() {
    noClasses().that().resideInAnyPackage("dev.ebb.engine.kv..", "dev.ebb.engine.sequence..",
        "dev.ebb.engine.schedule..", "dev.ebb.engine.sampling..", "dev.ebb.engine.request..")
        .should().dependOnClassesThat().resideInAPackage("dev.ebb.engine").check(ENGINE);
  }
}
