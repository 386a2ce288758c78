package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.intentions;
import static io.hanse.fsm.apply.Commands.source;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.DeleteIntention;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.row.WriteIntention;
import io.hanse.fsm.row.WriteIntention.Manner;
import io.hanse.fsm.view.IntentionMatcher;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Intentions one by one, by both APIs. */
class IntentionApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private static Command.Builder write(
      Manner manner, String destination, SourceIntention.Builder source) {
    return Command.newBuilder()
        .setWriteIntention(
            WriteIntention.newBuilder()
                .setManner(manner)
                .setDestination(destination)
                .setSource(source));
  }

  private static SourceIntention.Builder withId(String id, String name, String action) {
    return source("", name, action).setLegacyId(id);
  }

  private static Command.Builder delete(String id, String destination, String source) {
    return Command.newBuilder()
        .setDeleteIntention(
            DeleteIntention.newBuilder().setId(id).setDestination(destination).setSource(source));
  }

  private SourceIntention stored(String source, String destination) {
    return new IntentionMatcher(replica.now())
        .exact("", source, destination)
        .orElseThrow()
        .source();
  }

  @Test
  void shouldKeepTheTimeOfTheLogWithAnId() {
    replica.timeMillis = 1_234_567;
    replica.done(write(Manner.CREATE, "web", withId("i1", "a", "allow")));

    Timestamp time = Timestamp.newBuilder().setSeconds(1_234).setNanos(567_000_000).build();
    assertThat(stored("a", "web").getLegacyCreateTime()).isEqualTo(time);
    assertThat(stored("a", "web").getLegacyUpdateTime()).isEqualTo(time);
    assertThat(new IntentionMatcher(replica.now()).byId("i1")).isPresent();
  }

  @Test
  void shouldNotMixTheTwoApis() {
    replica.done(write(Manner.CREATE, "web", withId("i1", "a", "allow")));
    replica.done(write(Manner.BY_NAME, "web", source("", "b", "deny")));

    assertThat(stored("a", "web").getLegacyId()).isEmpty();
    String text =
        "cannot use legacy intention API to edit intentions with a destination of \"web\" after"
            + " editing them via a service-intentions config entry";
    assertThat(replica.refusal(write(Manner.CREATE, "web", withId("i2", "c", "allow"))))
        .isEqualTo(text);
    assertThat(replica.refusal(write(Manner.BY_ID, "web", withId("i1", "c", "allow"))))
        .isEqualTo("Cannot modify non-existent intention: 'i1'");
    assertThat(replica.refusal(delete("i1", "", "")))
        .isEqualTo("Cannot delete non-existent intention: 'i1'");
  }

  @Test
  void shouldNotLoseMetadataSilently() {
    SourceIntention.Builder source = withId("i1", "a", "allow").putLegacyMeta("k", "v");
    replica.done(write(Manner.CREATE, "web", source));

    assertThat(replica.refusal(write(Manner.BY_NAME, "web", source("", "b", "deny"))))
        .isEqualTo("Sources[0].LegacyMeta must be omitted");
    Command.Builder withMeta = write(Manner.BY_NAME, "api", source("", "b", "deny"));
    withMeta.getWriteIntentionBuilder().putMeta("k", "v");
    assertThat(replica.refusal(withMeta)).isEqualTo("Meta must not be specified");

    replica.done(
        Commands.write(intentions("api", source("", "b", "deny")).putAllMeta(Map.of("k", "v"))));
    replica.done(withMeta);
    withMeta.getWriteIntentionBuilder().putMeta("k", "w");
    assertThat(replica.refusal(withMeta))
        .isEqualTo("Meta must not be specified, or should be unchanged during an update.");
  }

  @Test
  void shouldKeepTheDestinationOfAnId() {
    replica.done(write(Manner.CREATE, "web", withId("i1", "a", "allow")));

    assertThat(replica.refusal(write(Manner.BY_ID, "api", withId("i1", "a", "deny"))))
        .isEqualTo(
            "Cannot modify Destination partition/namespace/name for an intention once it exists.");
    replica.done(write(Manner.BY_ID, "web", withId("i1", "b", "deny")));
    assertThat(stored("b", "web").getAction()).isEqualTo("deny");
    assertThat(replica.refusal(write(Manner.CREATE, "web", withId("i2", "b", "allow"))))
        .isEqualTo("Sources[1] defines \"b\" more than once");
  }

  @Test
  void shouldDeleteTheEntryWithItsLastSource() {
    replica.done(write(Manner.BY_NAME, "web", source("", "a", "allow")));
    replica.done(write(Manner.BY_NAME, "web", source("", "b", "allow")));
    replica.done(delete("", "web", "a"));
    assertThat(new IntentionMatcher(replica.now()).all()).hasSize(1);
    replica.done(delete("", "web", "none"));
    replica.done(delete("", "web", "b"));
    replica.done(delete("", "web", "b"));
    assertThat(new IntentionMatcher(replica.now()).all()).isEmpty();
  }
}
