package io.hanse.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.http.request.KeyringQuestion;
import io.hanse.http.request.KeyringQuestion.Verb;
import io.hanse.http.request.KeyringReply;
import io.hanse.identity.SharedKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
  void shouldChangeKeysInTheFileThatOnlyItsOwnerReads() throws Exception {
    Keyring keyring = keyring(Optional.of(CONFIGURED));
    SharedKey one = SharedKey.parse(first);
    SharedKey other = SharedKey.parse(second);
    keyring.install(one);
    keyring.install(one);
    assertThat(keyring.keys()).containsExactly(CONFIGURED, one);
    keyring.use(one);
    assertThat(keyring.keys()).containsExactly(one, CONFIGURED);
    keyring.remove(other);
    keyring.remove(CONFIGURED);
    assertThat(keyring(Optional.empty()).keys()).containsExactly(one);
    Path file = folder.resolve("serf/local.keyring");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    assertThatThrownBy(() -> keyring.remove(one))
        .hasMessage("Removing the primary key is not allowed");
    assertThatThrownBy(() -> keyring.use(other)).hasMessage("Requested key is not in the keyring");
    assertThat(keyring.keys()).containsExactly(one);
  }

  private static KeyringReply ask(Keyring keyring, Verb verb, String key) throws Exception {
    KeyringQuestion question = KeyringQuestion.newBuilder().setVerb(verb).setKey(key).build();
    return KeyringReply.parseFrom(
        new KeyringCalls(keyring, Runnable::run).apply(question.toByteString()).join());
  }

  @Test
  void shouldAnswerOtherServersAndHideWhatIsNotToBeSeen() throws Exception {
    assertThat(ask(keyring(Optional.empty()), Verb.VERB_LIST, "").getProblem())
        .isEqualTo("Keyring is empty (encryption not enabled)");
    Keyring keyring = keyring(Optional.of(CONFIGURED));
    assertThat(ask(keyring, Verb.VERB_LIST, "").getKeysList()).containsExactly(CONFIGURED.text());
    assertThat(ask(keyring, Verb.VERB_INSTALL, first).getKeysList())
        .containsExactly(CONFIGURED.text(), first);
    assertThat(ask(keyring, Verb.VERB_USE, first).getKeys(0)).isEqualTo(first);
    assertThat(ask(keyring, Verb.VERB_REMOVE, first).getProblem())
        .isEqualTo("Removing the primary key is not allowed");
    assertThat(ask(keyring, Verb.VERB_INSTALL, "").getProblem())
        .isEqualTo("key size must be 16, 24 or 32 bytes");
    assertThat(keyring.keys()).containsExactly(SharedKey.parse(first), CONFIGURED);
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
