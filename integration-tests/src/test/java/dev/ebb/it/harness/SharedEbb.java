package dev.ebb.it.harness;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that need nothing special one common {@link EbbInstance}, started by the first of them
 * and stopped after the last test of the run.
 */
public final class SharedEbb implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(SharedEbb.class);
  private static final Map<String, String> SETTINGS =
      Map.of("EBB_IDLE_SECONDS", "600", "EBB_REQUEST_TIMEOUT_SECONDS", "300");

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == EbbInstance.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context.getRoot().getStore(NAMESPACE)
        .computeIfAbsent("shared", key -> EbbInstance.start("shared", SETTINGS), EbbInstance.class);
  }
}
