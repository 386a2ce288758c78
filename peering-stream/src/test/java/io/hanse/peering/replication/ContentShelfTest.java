package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.Node;
import io.hanse.fsm.view.ExportedInstance;
import io.hanse.peering.protocol.ServiceContent;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentShelfTest {
  private static final int BYTES = content("x").bytes();

  private final ContentShelf shelf = new ContentShelf(3 * BYTES);

  private static ServiceContent content(String node) {
    CheckServiceNode row =
        CheckServiceNode.newBuilder().setNode(Node.newBuilder().setNode(node)).build();
    return new ServiceContent("web", List.of(new ExportedInstance(row, 1)), 1);
  }

  private ContentShelf.Place put(long nowMillis) {
    ContentShelf.Place place = new ContentShelf.Place();
    shelf.put(place, content("x"), nowMillis);
    return place;
  }

  @Test
  void shouldHaveThoseThatWereUsedLast() {
    ContentShelf.Place first = put(0);
    ContentShelf.Place second = put(0);
    ContentShelf.Place third = put(0);
    assertThat(shelf.take(first, 0)).isNotNull();
    ContentShelf.Place fourth = put(0);
    assertThat(shelf.bytes()).isEqualTo(3L * BYTES);
    assertThat(second.content()).isNull();
    assertThat(first.content()).isNotNull();
    assertThat(third.content()).isNotNull();
    assertThat(fourth.content()).isNotNull();
  }

  @Test
  void shouldNotHaveWhatIsTooLargeAtAll() {
    put(0);
    ContentShelf.Place large = new ContentShelf.Place();
    ServiceContent content = content("x".repeat(4 * BYTES));
    shelf.put(large, content, 0);
    assertThat(large.content()).isNull();
    assertThat(shelf.bytes()).isZero();
  }

  @Test
  void shouldPutAwayWhatNobodyWants() {
    ContentShelf.Place first = put(0);
    ContentShelf.Place second = put(0);
    shelf.take(first, 4_000);
    shelf.clean(6_000);
    assertThat(second.content()).isNull();
    assertThat(first.content()).isNotNull();
    shelf.clean(10_000);
    assertThat(shelf.bytes()).isZero();
  }

  @Test
  void shouldKeepMarksThatWereMade() {
    ContentShelf.Place place = new ContentShelf.Place();
    ServiceContent content = content("x");
    shelf.put(place, content, 0);
    assertThat(place.marks()).as("nobody wanted them").isNull();
    var marks = content.marks();
    shelf.clean(60_000);
    assertThat(place.marks()).isSameAs(marks);
    shelf.remove(place);
    assertThat(place.marks()).isSameAs(marks);
  }

  @Test
  void shouldNotTakeMarksForThoseOfTheNextContent() {
    ContentShelf.Place place = new ContentShelf.Place();
    ServiceContent earlier = content("x");
    shelf.put(place, earlier, 0);
    earlier.marks();
    shelf.put(place, content("y"), 0);
    assertThat(place.marks()).isNull();
    shelf.remove(place);
    assertThat(place.marks()).isNull();
  }
}
