package io.hanse.gateway.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.gateway.sniff.ClientHelloReader.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ClientHelloReaderTest {
  private static final int BYTES_MAX = 16384;
  private static final String NAME = "db.default.default.west.external.td.consul";

  private record Recorded(String sni, String base64) {
    byte[] record() {
      return Base64.getDecoder().decode(base64);
    }
  }

  @Test
  void shouldReadTheHellosOfARealMesh() throws IOException {
    List<Recorded> hellos = recorded();
    assertThat(hellos).hasSizeGreaterThanOrEqualTo(3);
    for (Recorded hello : hellos) {
      assertThat(nameOf(hello.record(), hello.record().length)).isEqualTo(hello.sni());
      assertThat(nameOf(hello.record(), 1)).isEqualTo(hello.sni());
      byte[] message = new byte[hello.record().length - 5];
      System.arraycopy(hello.record(), 5, message, 0, message.length);
      assertThat(nameOf(Hellos.records(message, 1), 7)).isEqualTo(hello.sni());
    }
  }

  @Test
  void shouldReadAcrossRecordsAndLargeKeyShares() {
    assertThat(nameOf(Hellos.hello(NAME), 4096)).isEqualTo(NAME);
    assertThat(nameOf(Hellos.hello(NAME, 1216, true, 16384), 1)).isEqualTo(NAME);
    assertThat(nameOf(Hellos.hello(NAME, 1216, true, 50), 4096)).isEqualTo(NAME);
    assertThat(nameOf(Hellos.hello(NAME, 12_000, true, 16384), 4096)).isEqualTo(NAME);
  }

  @Test
  void shouldStopAtTheNameHoweverMuchFollows() {
    assertThat(nameOf(Hellos.hello(NAME, 60_000, false, 16384), 1000)).isEqualTo(NAME);
  }

  @Test
  void shouldFoldTheName() {
    assertThat(nameOf(Hellos.hello("DB.Default_X.Consul"), 9)).isEqualTo("db.default_x.consul");
  }

  @Test
  void shouldRefuseWhatComesAfterTooManyBytes() {
    assertThat(verdictOf(Hellos.hello(NAME, 20_000, true, 16384))).isEqualTo(Verdict.TOO_LARGE);
    assertThat(verdictOf(Hellos.hello(NAME, 20_000, true, 16384), 131_072)).isEqualTo(Verdict.NAME);
  }

  @Test
  void shouldTellAHelloWithoutNameFromABadOne() {
    assertThat(verdictOf(Hellos.hello(""))).isEqualTo(Verdict.NO_SNI);
    ByteBuffer old = ByteBuffer.allocate(4 + 41);
    old.putInt(1 << 24 | 41).putShort((short) 0x0301).put(new byte[32]);
    old.put((byte) 0).putShort((short) 2).putShort((short) 5).put((byte) 1).put((byte) 0);
    assertThat(verdictOf(Hellos.records(old.array(), 100))).isEqualTo(Verdict.NO_SNI);
  }

  @Test
  void shouldRefuseWhatIsNoHello() {
    assertBad("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertBad(new byte[] {21, 3, 1, 0, 2, 2, 40});
    assertBad(new byte[] {22, 3, 1, 0, 0, 22, 3, 1, 0, 0});
    byte[] hugeMessage = Hellos.hello(NAME);
    hugeMessage[6] = (byte) 0xff;
    assertBad(hugeMessage);
    byte[] wrongExtension = Hellos.hello(NAME);
    wrongExtension[5 + 4 + 2 + 32 + 33 + 6 + 2 + 2 + 2] = (byte) 0xff;
    assertBad(wrongExtension);
  }

  @Test
  void shouldRefuseIllegalNames() {
    assertBad(Hellos.hello("a\0b.consul"));
    assertBad(Hellos.hello("a b.consul"));
    assertBad(Hellos.hello("a".repeat(256)));
    assertThat(nameOf(Hellos.hello("a".repeat(255)), 64)).hasSize(255);
  }

  private static void assertBad(byte[] bytes) {
    assertThat(verdictOf(bytes)).isEqualTo(Verdict.BAD_HELLO);
  }

  private static Verdict verdictOf(byte[] bytes) {
    return verdictOf(bytes, BYTES_MAX);
  }

  private static Verdict verdictOf(byte[] bytes, int bytesMax) {
    return new ClientHelloReader(bytesMax).feed(ByteBuffer.wrap(bytes));
  }

  private static String nameOf(byte[] bytes, int step) {
    ClientHelloReader reader = new ClientHelloReader(BYTES_MAX);
    Verdict verdict = Verdict.MORE;
    for (int at = 0; at < bytes.length && verdict == Verdict.MORE; at += step) {
      verdict = reader.feed(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)));
    }
    assertThat(verdict).isEqualTo(Verdict.NAME);
    return reader.serverName().orElseThrow().value();
  }

  private static List<Recorded> recorded() throws IOException {
    try (InputStream in = ClientHelloReaderTest.class.getResourceAsStream("/clienthello.json")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher matcher =
          Pattern.compile("\"sni\": \"([^\"]+)\".*?\"record_base64\": \"([^\"]+)\"", Pattern.DOTALL)
              .matcher(text);
      List<Recorded> found = new ArrayList<>();
      while (matcher.find()) {
        found.add(new Recorded(matcher.group(1), matcher.group(2)));
      }
      return found;
    }
  }
}
