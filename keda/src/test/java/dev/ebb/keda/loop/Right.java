package dev.ebb.keda.loop;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A right as RBAC grants it, or as a request needs it.
 *
 * @param namespace empty for all
 * @param resource with its subresource
 * @param name empty for any
 */
record Right(String namespace, String group, String resource, String name, String verb) {
  private static final Pattern PATH = Pattern.compile(
      "/api(?:/v1|s/([^/]+)/[^/]+)(?:/namespaces/([^/]+))?/([^/?]+)(?:/([^/?]+))?(/[^/?]+)?(?:\\?(.*))?");
  private static final Pattern SELECTED = Pattern.compile("(?:^|&)fieldSelector=metadata\\.name=([^&]+)");

  /** The right that a request to the API server needs; empty for discovery, which everyone may ask for. */
  static Optional<Right> of(String method, String path) {
    Matcher matcher = PATH.matcher(path);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String query = URLDecoder.decode(text(matcher, 6), StandardCharsets.UTF_8);
    Matcher selected = SELECTED.matcher(query);
    String named = text(matcher, 4);
    String verb = switch (method) {
      case "GET" -> !named.isEmpty() ? "get" : query.contains("watch=true") ? "watch" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      default -> method.toLowerCase(Locale.ROOT);
    };
    return Optional.of(new Right(text(matcher, 2), text(matcher, 1), matcher.group(3) + text(matcher, 5),
        selected.find() ? selected.group(1) : named, verb));
  }

  /** What a Role or ClusterRole grants; nothing for other objects. */
  static List<Right> granted(HasMetadata object) {
    List<PolicyRule> rules = switch (object) {
      case ClusterRole role -> role.getRules();
      case Role role -> role.getRules();
      default -> List.of();
    };
    String namespace = object instanceof Role ? object.getMetadata().getNamespace() : "";
    List<Right> rights = new ArrayList<>();
    for (PolicyRule rule : rules) {
      List<String> names = rule.getResourceNames().isEmpty() ? List.of("") : rule.getResourceNames();
      rule.getApiGroups().forEach(group -> rule.getResources().forEach(resource -> names.forEach(name ->
          rule.getVerbs().forEach(verb -> rights.add(new Right(namespace, group, resource, name, verb))))));
    }
    return rights;
  }

  /** Whether this grant covers what a request needs. */
  boolean covers(Right needed) {
    return Arrays.asList("", needed.namespace).contains(namespace) && Arrays.asList("", needed.name).contains(name)
        && group.equals(needed.group) && resource.equals(needed.resource) && verb.equals(needed.verb);
  }

  private static String text(Matcher matcher, int group) {
    return matcher.group(group) == null ? "" : matcher.group(group);
  }
}
