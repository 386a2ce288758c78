package io.hanse.fsm.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ConfigEntry.ContentCase;
import io.hanse.fsm.row.RaftIndex;
import io.hanse.fsm.row.SourceIntention;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigEntryKindTest {
  @Test
  void shouldRefuseKindThatIsNone() {
    assertThatThrownBy(() -> ConfigEntryKind.of("foo"))
        .hasMessage("invalid config entry kind: foo");
  }

  @Test
  void shouldHaveOneKindForEachContent() {
    assertThat(Arrays.stream(ConfigEntryKind.values()).map(ConfigEntryKind::content))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ContentCase.values())
                .filter(content -> content != ContentCase.CONTENT_NOT_SET)
                .toList());
  }

  @ParameterizedTest
  @EnumSource(ConfigEntryKind.class)
  void shouldBeginWithContentOfItsKind(ConfigEntryKind kind) {
    assertThat(kind.prototype().getContentCase()).isEqualTo(kind.content());
    assertThat(ConfigEntryKind.of(kind.wireName())).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource(ConfigEntryKind.class)
  void shouldNormaliseOnceAndForAll(ConfigEntryKind kind) {
    ConfigEntry once = kind.normalise(kind.prototype());

    assertThat(kind.normalise(once)).isEqualTo(once);
  }

  @Test
  void shouldFillInWhatIsImplied() {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_INTENTIONS, "web");
    SourceIntention allow = SourceIntention.newBuilder().setAction("allow").build();
    entry
        .getServiceIntentionsBuilder()
        .addSources(allow.toBuilder().setName("*"))
        .addSources(allow.toBuilder().setName("a").setPeer("p"));

    ConfigEntry normal = ConfigEntryKind.prepare(entry.build());

    assertThat(normal.getServiceIntentions().getSourcesList())
        .extracting(
            SourceIntention::getName, SourceIntention::getPrecedence, SourceIntention::getType)
        .containsExactly(tuple("a", 9, "consul"), tuple("*", 8, "consul"));
  }

  @Test
  void shouldHashContentOnly() {
    ConfigEntry http =
        defaults("HTTP")
            .putMeta("a", "1")
            .putMeta("b", "2")
            .setRaftIndex(RaftIndex.newBuilder().setModifyIndex(7))
            .setHash(5)
            .build();
    ConfigEntry same = defaults("http").putMeta("b", "2").putMeta("a", "1").build();
    ConfigEntry other = defaults("grpc").build();

    long hash = ConfigEntryKind.prepare(http).getHash();

    assertThat(ConfigEntryKind.prepare(same).getHash()).isEqualTo(hash);
    assertThat(ConfigEntryKind.prepare(other).getHash()).isNotEqualTo(hash);
  }

  private static ConfigEntry.Builder defaults(String protocol) {
    ConfigEntry.Builder entry = entry(ConfigEntryKind.SERVICE_DEFAULTS, "x");
    entry.getServiceDefaultsBuilder().setProtocol(protocol);
    return entry;
  }

  private static ConfigEntry.Builder entry(ConfigEntryKind kind, String name) {
    return kind.prototype().toBuilder().setName(name);
  }
}
