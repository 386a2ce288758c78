package io.hanse.peering.protocol;

import com.google.protobuf.ByteString;
import io.hanse.peering.proto.HeldNames;
import io.hanse.peering.proto.HeldService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out what the importer holds, group by group: where the digest of what is exported is the
 * importer's, it is that; else, or where not all of that can be had, the importer is asked for its
 * marks. Over once that is known of all groups.
 */
final class HeldComparison {
  /** What is done about what is found out. */
  interface Sink {
    /** What the importer holds of a group is wanted. */
    void askHeld(int group);

    /**
     * It is known what the importer holds of a group.
     *
     * @param held marks by name
     * @param contents what is exported, as far as it was offered
     * @param exported all names that are
     */
    void compared(
        int group,
        Map<String, ByteString> held,
        Map<String, Content> contents,
        Set<String> exported);
  }

  private enum Phase {
    /** Contents are compared, as what the importer holds may be what there is. */
    COMPARING,
    /** It is not: the importer was asked for its marks. */
    ASKED,
    DONE
  }

  /** One of the groups into which names are divided. */
  private static final class Group {
    final int number;
    Phase phase = Phase.COMPARING;
    ByteString digest = ByteString.EMPTY;

    /** Those that are exported; and of these, the contents that were offered. */
    final Set<String> names = new TreeSet<>();

    final TreeMap<String, Content> contents = new TreeMap<>();

    Group(int number) {
      this.number = number;
    }

    void end() {
      phase = Phase.DONE;
      names.clear();
      contents.clear();
    }
  }

  private final Sink sink;
  private final Group[] groups = new Group[Content.GROUPS];
  private boolean namesAreKnown;
  private boolean heldIsKnown;

  HeldComparison(Sink sink) {
    this.sink = sink;
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new Group(i);
    }
  }

  /** Whether the importer has said what it holds. */
  boolean isBegun() {
    return heldIsKnown;
  }

  boolean isOver() {
    return namesAreKnown
        && heldIsKnown
        && Arrays.stream(groups).allMatch(group -> group.phase == Phase.DONE);
  }

  /** Whether it is known what the importer holds of a group. */
  boolean isOver(int group) {
    return groups[group].phase == Phase.DONE;
  }

  /** Says which names are exported from now on. */
  void namesAre(SortedSet<String> exported) {
    namesAreKnown = true;
    if (isOver()) {
      return;
    }
    for (Group group : groups) {
      group.names.retainAll(exported);
      group.contents.keySet().retainAll(exported);
    }
    for (String name : exported) {
      Group group = groups[Content.groupOf(name)];
      if (group.phase != Phase.DONE) {
        group.names.add(name);
      }
    }
    checkAll();
  }

  /** What the importer holds. Said once; answers in which order contents are wanted. */
  List<String> heldIs(Map<Integer, ByteString> digests) {
    heldIsKnown = true;
    digests.forEach((number, digest) -> groups[number & (Content.GROUPS - 1)].digest = digest);
    // One group behind the other: what changed in the first flows while the last is compared.
    List<String> ordered = new ArrayList<>();
    for (Group group : groups) {
      ordered.addAll(group.names);
      if (group.digest.isEmpty()) {
        group.end();
      }
    }
    return ordered;
  }

  /** The content of a service of a group that is compared. */
  void offered(int group, String name, Content content) {
    groups[group].contents.put(name, content);
    check(groups[group]);
  }

  void checkAll() {
    for (Group group : groups) {
      check(group);
    }
  }

  private void check(Group group) {
    boolean isReady = namesAreKnown && heldIsKnown && group.phase == Phase.COMPARING;
    if (!isReady || group.contents.size() < group.names.size()) {
      return;
    }
    TreeMap<String, ByteString> marks = new TreeMap<>();
    group.contents.forEach((name, content) -> marks.put(name, content.mark()));
    if (Content.digestOf(marks).equals(group.digest)) {
      compared(group, marks);
    } else {
      ask(group);
    }
  }

  private void ask(Group group) {
    group.phase = Phase.ASKED;
    sink.askHeld(group.number);
  }

  /** The contents that are missing will not come soon: what is there must not wait for them. */
  void goOnWithout() {
    if (!namesAreKnown || !heldIsKnown) {
      return;
    }
    for (Group group : groups) {
      if (group.phase == Phase.COMPARING) {
        ask(group);
      }
    }
  }

  /** The importer said what it holds of a group. */
  void heldNamesAre(HeldNames held) {
    Group group = groups[held.getGroup() & (Content.GROUPS - 1)];
    if (group.phase != Phase.ASKED) {
      return;
    }
    TreeMap<String, ByteString> marks = new TreeMap<>();
    for (HeldService service : held.getServicesList()) {
      if (Content.groupOf(service.getName()) == group.number) {
        marks.put(service.getName(), service.getMark());
      }
    }
    compared(group, marks);
  }

  private void compared(Group group, Map<String, ByteString> held) {
    Map<String, Content> contents = new TreeMap<>(group.contents);
    Set<String> names = new TreeSet<>(group.names);
    group.end();
    sink.compared(group.number, held, contents, names);
  }
}
