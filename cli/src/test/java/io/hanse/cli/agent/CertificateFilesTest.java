package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.config.AgentConfigReader;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.identity.OperatorAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateFilesTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path folder;

  private final OperatorAuthority authority = OperatorAuthority.create("Ours", DAY, Instant.now());

  private OperatorAuthority.Issued issue() {
    return authority.issue(
        OperatorAuthority.Role.SERVER,
        List.of("server.dc1.consul"),
        List.of("127.0.0.1"),
        DAY,
        Instant.now());
  }

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  private CertificateFiles open() {
    return CertificateFiles.open(
        AgentConfigReader.read(
            new AgentConfigReader.Sources(
                true,
                List.of(),
                "",
                List.of(),
                List.of(
                    "tls { defaults { ca_file = \"ca\" cert_file = \"cert\""
                        + " key_file = \"key\" verify_incoming = true }"
                        + " grpc { verify_incoming = false } }"),
                folder)));
  }

  /** It is a timer that looks: one exception would be the last that is heard of it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldRenewConnectionsAtTheNextLookWhereThatFailed(boolean isError) throws Exception {
    OperatorAuthority.Issued first = issue();
    write("ca", authority.files().certificatePem());
    write("cert", first.certificatePem());
    write("key", first.keyPem());
    CertificateFiles files = open();
    AtomicInteger renewals = new AtomicInteger();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    files.follow(
        timer,
        () -> {
          if (renewals.incrementAndGet() == 1) {
            if (isError) {
              throw new NoClassDefFoundError("a class that nobody missed");
            }
            throw new IllegalStateException("a connection is being closed");
          }
        });
    timer.shutdownNow();

    OperatorAuthority another = OperatorAuthority.create("Next", DAY, Instant.now());
    write("ca", authority.files().certificatePem() + another.files().certificatePem());
    assertThatCode(files::reload).doesNotThrowAnyException();
    files.reload();
    files.reload();

    assertThat(renewals).hasValue(2);
  }

  @Test
  void shouldTellWhoAsksByRequestWhatIsWrong() throws Exception {
    OperatorAuthority.Issued first = issue();
    write("ca", authority.files().certificatePem());
    write("cert", first.certificatePem());
    write("key", first.keyPem());
    CertificateFiles files = open();
    assertThatCode(files::reloadOrFail).doesNotThrowAnyException();

    write("key", issue().keyPem());

    assertThatCode(files::reload).doesNotThrowAnyException();
    assertThatThrownBy(files::reloadOrFail)
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("the old ones stay in use")
        .hasMessageContaining("key is not the key of")
        .extracting(failure -> ((ProblemException) failure).code())
        .isEqualTo(ProblemCode.FAILED_PRECONDITION);
    assertThat(files.betweenServers()).isPresent();

    write("key", first.keyPem());

    assertThatCode(files::reloadOrFail).doesNotThrowAnyException();
  }
}
