package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.entry;
import static io.hanse.fsm.apply.Commands.intentions;
import static io.hanse.fsm.apply.Commands.protocol;
import static io.hanse.fsm.apply.Commands.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.config.ConfigEntryKind;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.DeleteConfigEntry;
import io.hanse.fsm.row.IntentionHttpPermission;
import io.hanse.fsm.row.IntentionPermission;
import io.hanse.fsm.row.SourceIntention;
import io.hanse.fsm.view.ConfigEntries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConfigApplierTest {
  private static final String DEFAULTS = "service-defaults";

  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private ConfigEntry stored(String kind, String name) {
    return new ConfigEntries(replica.now()).entry(kind, name).orElseThrow();
  }

  private static Command.Builder cas(ConfigEntry.Builder entry, long index) {
    Command.Builder command = write(entry);
    command.getWriteConfigEntryBuilder().setHasCas(true).setCas(index);
    return command;
  }

  private static Command.Builder delete(String kind, String name) {
    return Command.newBuilder()
        .setDeleteConfigEntry(DeleteConfigEntry.newBuilder().setKind(kind).setName(name));
  }

  private static SourceIntention.Builder ofRequests() {
    return SourceIntention.newBuilder()
        .setName("a")
        .addPermissions(
            IntentionPermission.newBuilder()
                .setAction("allow")
                .setHttp(IntentionHttpPermission.newBuilder().setPathPrefix("/")));
  }

  @Test
  void shouldKeepTheIndexOfEntryThatIsWrittenAgain() {
    long index = replica.done(write(protocol("web", "HTTP"))).getIndex();
    replica.done(write(protocol("web", "http")));

    assertThat(stored(DEFAULTS, "WEB").getRaftIndex().getModifyIndex()).isEqualTo(index);
    assertThat(replica.index(rows -> new ConfigEntries(rows).ofKind(DEFAULTS))).isEqualTo(index);
  }

  @Test
  void shouldCompareBeforeItWrites() {
    assertThat(replica.done(cas(protocol("web", "http"), 5)).getDone()).isFalse();
    assertThat(replica.done(cas(protocol("web", "http"), 0)).getDone()).isTrue();
    assertThat(replica.done(cas(protocol("web", "grpc"), 0)).getDone()).isFalse();
    long index = stored(DEFAULTS, "web").getRaftIndex().getModifyIndex();
    assertThat(replica.done(cas(protocol("web", "grpc"), index)).getDone()).isTrue();
    assertThat(stored(DEFAULTS, "web").getServiceDefaults().getProtocol()).isEqualTo("grpc");
  }

  @Test
  void shouldCompareBeforeItDeletes() {
    long index = replica.done(write(protocol("web", "http"))).getIndex();
    Command.Builder wrong = delete(DEFAULTS, "web");
    wrong.getDeleteConfigEntryBuilder().setHasCas(true).setCas(index + 1);
    Command.Builder right = delete(DEFAULTS, "web");
    right.getDeleteConfigEntryBuilder().setHasCas(true).setCas(index);

    assertThat(replica.done(wrong).getDone()).isFalse();
    assertThat(replica.done(right).getDone()).isTrue();
    assertThat(replica.done(right).getDone()).isFalse();
    assertThat(replica.done(delete(DEFAULTS, "web")).getDone()).isTrue();
  }

  @Test
  void shouldRefuseIntentionsAboutRequestsWhereThereAreNone() {
    String text =
        "service \"web\" has protocol \"tcp\", which is incompatible with L7 intentions"
            + " permissions";

    assertThat(replica.refusal(write(intentions("web", ofRequests())))).isEqualTo(text);
    assertThat(new ConfigEntries(replica.now()).ofKind("service-intentions")).isEmpty();

    replica.done(write(protocol("web", "http")));
    replica.done(write(intentions("web", ofRequests())));
    assertThat(replica.refusal(write(protocol("web", "tcp")))).isEqualTo(text);
    assertThat(replica.refusal(delete(DEFAULTS, "web"))).isEqualTo(text);
    assertThat(stored(DEFAULTS, "web").getServiceDefaults().getProtocol()).isEqualTo("http");
  }

  @Test
  void shouldAllowPermissiveTlsOnlyWhereTheMeshDoes() {
    ConfigEntry.Builder permissive = entry(ConfigEntryKind.SERVICE_DEFAULTS, "web");
    permissive.getServiceDefaultsBuilder().setMutualTlsMode("permissive");

    assertThat(replica.refusal(write(permissive)))
        .isEqualTo(
            "cannot set MutualTLSMode=permissive because AllowEnablingPermissiveMutualTLS=false"
                + " in the mesh config entry");

    ConfigEntry.Builder mesh = entry(ConfigEntryKind.MESH, "mesh");
    mesh.getMeshBuilder().setAllowEnablingPermissiveMutualTls(true);
    replica.done(write(mesh));
    replica.done(write(permissive));
  }

  @Test
  void shouldFindTheProtocolOfService() {
    assertThat(new ConfigEntries(replica.now()).protocolOf("web")).isEqualTo("tcp");

    ConfigEntry.Builder all = entry(ConfigEntryKind.PROXY_DEFAULTS, "global");
    all.getProxyDefaultsBuilder()
        .getConfigBuilder()
        .putFields(
            "protocol", com.google.protobuf.Value.newBuilder().setStringValue("http").build());
    replica.done(write(all));
    replica.done(write(protocol("api", "grpc")));

    assertThat(new ConfigEntries(replica.now()).protocolOf("web")).isEqualTo("http");
    assertThat(new ConfigEntries(replica.now()).protocolOf("api")).isEqualTo("grpc");
  }
}
