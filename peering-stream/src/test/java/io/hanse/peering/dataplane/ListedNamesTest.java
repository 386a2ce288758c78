package io.hanse.peering.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.hanse.peering.proto.ResourceList;
import io.hanse.peering.protocol.ListParts;
import io.hanse.peering.protocol.ProxyResources;
import io.hanse.peering.protocol.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ListedNamesTest implements ResourceSet.Sink {
  private static final int MESSAGE_BYTES_MAX = 1 << 20;
  private static final int MANY = 150_000;

  /** What a proxy would have. */
  private final Map<String, ResourceList> told = new LinkedHashMap<>();

  private final List<String> offered = new ArrayList<>();

  @Override
  public void offered(ResourceType type, String id, Message payload) {
    assertThat(payload.getSerializedSize()).as(id).isLessThan(MESSAGE_BYTES_MAX);
    offered.add(id);
    told.put(id, (ResourceList) payload);
  }

  @Override
  public void withdrawn(ResourceType type, String id) {
    assertThat(told.remove(id)).as(id).isNotNull();
  }

  private static String name(int number) {
    return "service-" + number + ".default.default.peer-name.external.11111111-0000-0000.consul";
  }

  private static ListedNames names(boolean inParts, int count) {
    ListedNames names = new ListedNames(ProxyResources.ROUTE, inParts);
    for (int i = 0; i < count; i++) {
      names.add(name(i));
    }
    return names;
  }

  private List<String> listed() {
    ResourceList list = told.get("Route");
    if (list.getPartsCount() == 0) {
      return list.getNamesList();
    }
    List<String> all = new ArrayList<>();
    for (int i = 0; i < list.getPartsCount(); i++) {
      List<String> part = told.get(ListParts.id("Route", i)).getNamesList();
      assertThat(ListParts.digest(part)).isEqualTo(list.getParts(i));
      all.addAll(part);
    }
    return all;
  }

  @Test
  void shouldTellManyNamesInPartsAndTheListLast() {
    ListedNames names = names(true, MANY);
    names.offer(this, 7);
    assertThat(told.size()).isGreaterThan(10);
    assertThat(offered).last().isEqualTo("Route");
    assertThat(told.get("Route").getIndex()).isEqualTo(7);
    assertThat(listed()).hasSize(MANY);
    assertThat(new TreeSet<>(listed())).isEqualTo(new TreeSet<>(names.names()));
  }

  /** A peer chooses what it exports: these have one and the same hash code. */
  @Test
  void shouldMakePartsOfLikeSizeOfNamesThatLookAlike() {
    ListedNames names = new ListedNames(ProxyResources.ROUTE, true);
    int count = 1 << 15;
    for (int i = 0; i < count; i++) {
      StringBuilder name = new StringBuilder("a-service-that-is-one-of-many-");
      for (int bit = 0; bit < 15; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      names.add(name.toString());
    }
    names.offer(this, 1);
    assertThat(told.size()).isGreaterThan(5);
    assertThat(listed()).hasSize(count);
  }

  @Test
  void shouldTellOfAChangeInItsPartOnly() {
    ListedNames names = names(true, MANY);
    names.offer(this, 1);
    offered.clear();
    names.offer(this, 2);
    assertThat(offered).isEmpty();

    names.add("new");
    assertThat(names.remove(name(5))).isTrue();
    assertThat(names.remove(name(5))).isFalse();
    names.offer(this, 3);
    assertThat(offered).hasSizeBetween(2, 3).last().isEqualTo("Route");
    assertThat(listed()).hasSize(MANY).contains("new").doesNotContain(name(5));
  }

  @Test
  void shouldWithdrawPartsThatAreNoMore() {
    ListedNames names = names(true, MANY);
    names.offer(this, 1);
    for (int i = 2; i < MANY; i++) {
      names.remove(name(i));
    }
    names.offer(this, 2);
    assertThat(told).containsOnlyKeys("Route");
    assertThat(listed()).containsExactlyInAnyOrder(name(0), name(1));
  }

  @Test
  void shouldTellAProxyOfTheFirstFormatAllInOne() {
    ListedNames names = names(false, 4_000);
    names.offer(this, 1);
    assertThat(offered).containsExactly("Route");
    assertThat(told.get("Route").getPartsCount()).isZero();
    assertThat(listed()).hasSize(4_000);
  }
}
