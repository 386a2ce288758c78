package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.identity.SharedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyringTest {
  private static final SharedKey CONFIGURED = SharedKey.parse(SharedKey.fresh());

  @TempDir private Path folder;

  private final String first = SharedKey.fresh();
  private final String second = SharedKey.fresh();

  private Keyring keyring(Optional<SharedKey> configured) {
    return Keyring.of(Optional.of(folder), configured);
  }

  private void write(String text) throws IOException {
    Path file = folder.resolve("serf/local.keyring");
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void shouldGoByTheFileAndWithoutItByTheConfiguration() throws Exception {
    assertThat(keyring(Optional.empty()).isGiven()).isFalse();
    Keyring keyring = keyring(Optional.of(CONFIGURED));
    assertThat(keyring.keys()).containsExactly(CONFIGURED);
    write("[\n  \"" + first + "\",\n  \"" + second + "\"\n]\n");
    assertThat(keyring.keys()).containsExactly(SharedKey.parse(first), SharedKey.parse(second));
    assertThat(keyring(Optional.empty()).isGiven()).isTrue();
  }

  @Test
  void shouldNameTheFileThatIsNotRightAndNoSecret() throws Exception {
    Keyring keyring = keyring(Optional.empty());
    for (String text :
        new String[] {"", "[]", "[\"geheim\"]", "[7]", "geheim", "[\"" + first + "\", geheim]"}) {
      write(text);
      assertThatThrownBy(keyring::keys)
          .as(text)
          .hasMessageContaining("local.keyring")
          .hasMessageNotContaining("geheim")
          .hasMessageNotContaining(first)
          .hasNoCause();
    }
    Files.delete(folder.resolve("serf/local.keyring"));
    assertThatThrownBy(keyring::keys).hasMessageContaining("is gone");
  }
}
