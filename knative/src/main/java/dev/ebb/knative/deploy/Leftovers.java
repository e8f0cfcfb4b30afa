package dev.ebb.knative.deploy;

import java.util.List;
import java.util.Set;

/** What an earlier deploy of the same name made and the file no longer has. */
final class Leftovers {
  private Leftovers() {}

  /**
   * One object with the installation's labels.
   *
   * @param owned whether another object made it, whose labels it copied
   * @param goes whether it goes with that one
   */
  record Labelled(ObjectName name, boolean owned, boolean goes) {}

  /** What to take away, in the order of {@link RemovalOrder}; never a namespace. */
  static List<ObjectName> of(List<Labelled> there, Set<ObjectName> rendered) {
    List<ObjectName> old = there.stream().filter(object -> !object.owned()).map(Labelled::name)
        .filter(name -> !rendered.contains(name) && !name.kind().equals(ObjectName.NAMESPACE))
        .filter(name -> !holdsModel(name)).toList();
    return RemovalOrder.of(old).stream().flatMap(List::stream).toList();
  }

  /** What the file no longer has and stays for its data. */
  static List<ObjectName> kept(List<Labelled> there, Set<ObjectName> rendered) {
    return there.stream().filter(object -> !object.owned()).map(Labelled::name)
        .filter(name -> !rendered.contains(name) && holdsModel(name)).toList();
  }

  /** A claim that a model was pulled into. That of the arena holds a cache on a folder of the node, which stays. */
  static boolean holdsModel(ObjectName name) {
    return name.kind().equals(ObjectName.CLAIM) && !name.name().endsWith("-arena");
  }
}
