package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.kv;
import static io.hanse.fsm.row.WriteKv.Verb.CAS;
import static io.hanse.fsm.row.WriteKv.Verb.DELETE;
import static io.hanse.fsm.row.WriteKv.Verb.DELETE_CAS;
import static io.hanse.fsm.row.WriteKv.Verb.DELETE_TREE;
import static io.hanse.fsm.row.WriteKv.Verb.SET;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.view.Kv;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KvApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private KvEntry entry(String key) {
    return new Kv(replica.now()).get(key).orElseThrow();
  }

  @Test
  void shouldKeepTheIndexOfValueThatIsSetAgain() {
    long index = replica.done(kv(SET, "a", "1", 0)).getIndex();
    replica.done(kv(SET, "a", "1", 0));
    assertThat(entry("a").getRaftIndex().getModifyIndex()).isEqualTo(index);

    long changed = replica.done(kv(SET, "a", "2", 0)).getIndex();

    assertThat(entry("a").getRaftIndex().getCreateIndex()).isEqualTo(index);
    assertThat(entry("a").getRaftIndex().getModifyIndex()).isEqualTo(changed);
  }

  @Test
  void shouldCompareBeforeItSets() {
    assertThat(replica.done(kv(CAS, "a", "1", 5)).getDone()).isFalse();
    assertThat(replica.done(kv(CAS, "a", "1", 0)).getDone()).isTrue();
    assertThat(replica.done(kv(CAS, "a", "2", 0)).getDone()).isFalse();
    long index = entry("a").getRaftIndex().getModifyIndex();
    assertThat(replica.done(kv(CAS, "a", "2", index)).getDone()).isTrue();
    assertThat(entry("a").getValue().toStringUtf8()).isEqualTo("2");
  }

  @Test
  void shouldCompareBeforeItDeletes() {
    replica.done(kv(SET, "a", "1", 0));
    long index = entry("a").getRaftIndex().getModifyIndex();

    assertThat(replica.done(kv(DELETE_CAS, "a", "", index + 1)).getDone()).isFalse();
    assertThat(replica.done(kv(DELETE_CAS, "a", "", index)).getDone()).isTrue();
    assertThat(replica.done(kv(DELETE_CAS, "a", "", index)).getDone()).isTrue();
    assertThat(new Kv(replica.now()).get("a")).isEmpty();
  }

  @Test
  void shouldDeleteATree() {
    for (String key : new String[] {"a", "a/1", "a/2", "b"}) {
      replica.done(kv(SET, key, "v", 0));
    }

    replica.done(kv(DELETE_TREE, "a/", "", 0));
    assertThat(new Kv(replica.now()).keys("", "")).containsExactly("a", "b");

    replica.done(kv(DELETE_TREE, "", "", 0));
    assertThat(new Kv(replica.now()).keys("", "")).isEmpty();
  }

  @Test
  void shouldCutKeysBehindTheSeparator() {
    for (String key : new String[] {"a", "a/b", "a/c", "p/q", "é"}) {
      replica.done(kv(SET, key, "v", 0));
    }

    assertThat(new Kv(replica.now()).keys("", "/")).containsExactly("a", "a/", "p/", "é");
    assertThat(new Kv(replica.now()).keys("a", "/")).containsExactly("a", "a/");
    assertThat(new Kv(replica.now()).keys("a/", "/")).containsExactly("a/b", "a/c");
  }

  @Test
  void shouldMoveTheIndexOfKeyThatIsDeleted() {
    replica.done(kv(SET, "a", "1", 0));
    long other = replica.done(kv(SET, "b", "1", 0)).getIndex();
    long deleted = replica.done(kv(DELETE, "a", "", 0)).getIndex();

    assertThat(replica.index(rows -> new Kv(rows).get("a"))).isEqualTo(deleted);
    assertThat(replica.index(rows -> new Kv(rows).get("b"))).isEqualTo(other);
    assertThat(replica.index(rows -> new Kv(rows).list(""))).isEqualTo(deleted);
  }

  @Test
  void shouldRefuseToWriteWithoutKey() {
    assertThat(replica.refusal(kv(SET, "", "1", 0))).isEqualTo("Missing key name");
  }
}
