package io.hanse.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ProxyDefaults;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.http.request.RegisterRequest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Hostile bodies: refused with a text or read, never anything else. */
class MessageJsonFuzzTest {
  private static final List<String> SEEDS =
      List.of(
          "{\"Node\":\"n\",\"Service\":{\"Service\":\"s\",\"Port\":1,\"Tags\":[\"a\"],"
              + "\"Meta\":{\"k\":\"v\"},\"Proxy\":{\"Config\":{\"a\":[1,null,{\"b\":1e9}]}}}}",
          "{\"Name\":\"x\",\"Check\":{\"TTL\":\"10s\",\"Header\":{\"h\":[\"v\"]}}}",
          "{\"Kind\":\"service-defaults\",\"Name\":\"s\",\"Protocol\":\"http\","
              + "\"UpstreamConfig\":{\"Overrides\":[{\"PassiveHealthCheck\":{\"Interval\":1}}]}}",
          "{\"Config\":{\"a\":123456789012345678901234567890,\"b\":-1e400}}");
  private static final List<Supplier<Message.Builder>> TYPES =
      List.of(
          RegisterRequest::newBuilder,
          ServiceDefinition::newBuilder,
          ProxyDefaults::newBuilder,
          () -> ConfigEntry.newBuilder().setServiceDefaults(ServiceDefaults.newBuilder()));

  @Property(tries = 2_000)
  void shouldRefuseOrReadWhatIsDamaged(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] text = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      text[random.nextInt(text.length)] =
          (byte) "{}[]\":,x019eE.-\\u\0\n".charAt(random.nextInt(18));
    }
    readAll(text);
  }

  @Property(tries = 500)
  void shouldRefuseOrReadAnyBytes(@ForAll byte[] text) {
    readAll(text);
  }

  @Example
  void shouldRefuseWhatLooksLikeWideCharacters() {
    byte[][] texts = {
      {0, 0, 0, '{', 0, (byte) 0xfe, 0, 0},
      {0, 0, '{', 0},
      {0, '{', 0, 0},
      {'{', 0, 0, 0, 1, 1, 1, 1}
    };
    for (byte[] text : texts) {
      assertThatThrownBy(() -> MessageJson.read(text, RegisterRequest.newBuilder()))
          .as(Arrays.toString(text))
          .isInstanceOf(JsonProblem.class);
    }
  }

  private static void readAll(byte[] text) {
    for (Supplier<Message.Builder> type : TYPES) {
      try {
        MessageJson.print(MessageJson.read(text, type.get()).build());
      } catch (JsonProblem e) {
        assertThat(e).message().isNotEmpty();
      }
      try {
        MessageJson.readWeakly(text, type.get());
        MessageJson.member(text, "Kind");
      } catch (JsonProblem e) {
        assertThat(e).message().isNotEmpty();
      }
    }
  }
}
