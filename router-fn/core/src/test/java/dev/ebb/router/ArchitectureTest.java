package dev.ebb.router;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** The router's core decides; it knows no framework, protocol or format. */
class ArchitectureTest {
  private static final JavaClasses CLASSES = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.ebb.router");

  @Test
  void coreKnowsNoFrameworkHttpOrJson() {
    Assertions.assertTrue(CLASSES.size() > 10, "the core's classes were found");
    noClasses().should().dependOnClassesThat().resideInAnyPackage(
            "io.quarkus..", "jakarta..", "io.vertx..", "io.smallrye..", "org.eclipse.microprofile..",
            "java.net.http..", "com.fasterxml..", "io.cloudevents..", "dev.ebb.events..", "org.jboss..")
        .check(CLASSES);
  }

  @Test
  void onlyTemplatesKnowTheTemplateEngine() {
    noClasses().that().resideOutsideOfPackage("dev.ebb.router.template..")
        .should().dependOnClassesThat().resideInAnyPackage("com.hubspot..")
        .check(CLASSES);
  }
}
