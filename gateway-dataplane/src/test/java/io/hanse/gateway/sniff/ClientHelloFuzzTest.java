package io.hanse.gateway.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.gateway.sniff.ClientHelloReader.Verdict;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ClientHelloFuzzTest {
  private static final int BYTES_MAX = 4096;

  private record Answer(Verdict verdict, String name) {}

  @Property(tries = 500)
  void shouldAnswerTheSameHoweverTheBytesAreCut(
      @ForAll Random random,
      @ForAll @IntRange(min = 1, max = 80) int nameBytes,
      @ForAll @IntRange(min = 1, max = 600) int recordBytes,
      @ForAll boolean nameLast) {
    byte[] hello = Hellos.hello("a".repeat(nameBytes), random.nextInt(5000), nameLast, recordBytes);
    mutate(hello, random, random.nextInt(4));
    Answer whole = feed(hello, hello.length, new Random(0));
    assertThat(feed(hello, 1, random)).isEqualTo(whole);
    assertThat(feed(hello, 700, random)).isEqualTo(whole);
  }

  @Property(tries = 500)
  void shouldSurviveHostileBytes(
      @ForAll Random random, @ForAll @IntRange(min = 0, max = 6000) int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    int header = Math.min(length, random.nextInt(10));
    System.arraycopy(new byte[] {22, 3, 1, 0x3f, 0, 1, 0, 0, 60, 3}, 0, bytes, 0, header);
    Answer answer = feed(bytes, 1 + random.nextInt(900), random);
    if (length > BYTES_MAX) {
      assertThat(answer.verdict()).isNotEqualTo(Verdict.MORE);
    }
  }

  @Property(tries = 300)
  void shouldNeverTakeMoreThanTheBound(@ForAll Random random) {
    byte[] hello = Hellos.hello("a.b", 20_000, true, 1 + random.nextInt(16384));
    ByteBuffer bytes = ByteBuffer.wrap(hello);
    assertThat(new ClientHelloReader(BYTES_MAX).feed(bytes)).isEqualTo(Verdict.TOO_LARGE);
    assertThat(bytes.position()).isLessThanOrEqualTo(BYTES_MAX);
  }

  private static void mutate(byte[] bytes, Random random, int count) {
    for (int i = 0; i < count; i++) {
      bytes[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt(256);
    }
  }

  private static Answer feed(byte[] bytes, int pieceMax, Random random) {
    ClientHelloReader reader = new ClientHelloReader(BYTES_MAX);
    Verdict verdict = Verdict.MORE;
    int at = 0;
    while (at < bytes.length && verdict == Verdict.MORE) {
      int length = Math.min(bytes.length - at, pieceMax == 1 ? 1 : 1 + random.nextInt(pieceMax));
      if (pieceMax == bytes.length) {
        length = bytes.length;
      }
      verdict = reader.feed(ByteBuffer.wrap(bytes, at, length));
      at += length;
    }
    return new Answer(verdict, reader.serverName().map(ServerName::value).orElse(""));
  }
}
