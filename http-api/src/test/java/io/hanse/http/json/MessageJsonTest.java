package io.hanse.http.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.hanse.fsm.row.CheckType;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.HeaderValue;
import io.hanse.fsm.row.HealthCheckDefinition;
import io.hanse.fsm.row.KvEntry;
import io.hanse.fsm.row.Mesh;
import io.hanse.fsm.row.NodeService;
import io.hanse.fsm.row.Peering;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.row.ServiceDefaults;
import io.hanse.fsm.row.ServiceDefinition;
import io.hanse.fsm.row.StreamStatus;
import io.hanse.http.request.CheckRegistration;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageJsonTest {
  private static final List<Message> TYPES =
      List.of(
          NodeService.getDefaultInstance(),
          io.hanse.fsm.row.CheckServiceNode.getDefaultInstance(),
          io.hanse.fsm.row.HealthCheck.getDefaultInstance(),
          ServiceDefinition.getDefaultInstance(),
          CheckType.getDefaultInstance(),
          Peering.getDefaultInstance(),
          io.hanse.fsm.row.PeeringTrustBundle.getDefaultInstance(),
          ConfigEntry.getDefaultInstance(),
          KvEntry.getDefaultInstance(),
          io.hanse.fsm.row.CaRoot.getDefaultInstance(),
          io.hanse.fsm.row.CaConfiguration.getDefaultInstance(),
          io.hanse.fsm.row.Server.getDefaultInstance(),
          Command.getDefaultInstance(),
          io.hanse.fsm.row.Batch.getDefaultInstance(),
          io.hanse.fsm.row.AgentService.getDefaultInstance());

  /**
   * What is printed and read again prints the same: nothing is lost on the way but what is said.
   */
  @Property(tries = 300)
  void shouldPrintAgainWhatItReadOfItsOwn(@ForAll long seed) {
    for (Message type : TYPES) {
      Message message = new MessageArbitrary(seed).fill(type, 4);
      String text = MessageJson.print(message);
      Message.Builder read = prepared(message);
      MessageJson.read(bytes(text), read);
      String again = MessageJson.print(withIndexes(message, read));
      assertThat(again).as(type.getDescriptorForType().getName()).isEqualTo(text);
    }
  }

  /** The content of a config entry is known before it is read. */
  private static Message.Builder prepared(Message message) {
    Message.Builder builder = message.newBuilderForType();
    if (message instanceof ConfigEntry entry) {
      var content = ConfigEntry.getDescriptor().getOneofs().get(0);
      var set = entry.getOneofFieldDescriptor(content);
      if (set != null) {
        builder.setField(set, builder.newBuilderForField(set).build());
      }
    }
    return builder;
  }

  /** Indexes are not taken from outside. */
  private static Message withIndexes(Message original, Message.Builder read) {
    for (var field : original.getDescriptorForType().getFields()) {
      if (!FieldShape.isHidden(field)) {
        FieldShape shape = new FieldShape(field);
        boolean isIndex = field.getJsonName().equals("raftIndex") || shape.outputOnly;
        if (isIndex && (!field.hasPresence() || original.hasField(field))) {
          read.setField(field, original.getField(field));
        } else if (shape.form == FieldShape.Form.MESSAGE
            && !field.isRepeated()
            && original.hasField(field)) {
          Message.Builder inner = read.getFieldBuilder(field);
          withIndexes((Message) original.getField(field), inner);
        } else if (shape.form == FieldShape.Form.MESSAGE
            && field.isRepeated()
            && !field.isMapField()) {
          for (int i = 0; i < original.getRepeatedFieldCount(field); i++) {
            withIndexes(
                (Message) original.getRepeatedField(field, i),
                read.getRepeatedFieldBuilder(field, i));
          }
        }
      }
    }
    return read.build();
  }

  @Test
  void shouldPrintAnInstanceAsConsulDoes() {
    NodeService service =
        NodeService.newBuilder().setId("web1").setService("web").setPort(80).build();
    assertThat(MessageJson.print(service))
        .isEqualTo(
            "{\"ID\":\"web1\",\"Service\":\"web\",\"Tags\":[],\"Address\":\"\",\"Meta\":null,"
                + "\"Port\":80,\"Weights\":null,\"EnableTagOverride\":false,"
                + "\"Proxy\":{\"Mode\":\"\",\"MeshGateway\":{},\"Expose\":{}},\"Connect\":{},"
                + "\"PeerName\":\"\",\"CreateIndex\":0,\"ModifyIndex\":0}");
  }

  @Test
  void shouldPrintAPeeringWithItsStatusUnset() {
    Peering peering =
        Peering.newBuilder()
            .setId("1")
            .setName("east")
            .setState(PeeringState.PENDING)
            .setStreamStatus(
                StreamStatus.newBuilder()
                    .setLastSend(Timestamp.newBuilder().setSeconds(1).setNanos(100_000_000)))
            .build();
    assertThat(MessageJson.print(peering))
        .isEqualTo(
            "{\"ID\":\"1\",\"Name\":\"east\",\"State\":\"PENDING\",\"StreamStatus\":"
                + "{\"ImportedServices\":null,\"ExportedServices\":null,\"LastHeartbeat\":null,"
                + "\"LastReceive\":null,\"LastSend\":\"1970-01-01T00:00:01.1Z\"},"
                + "\"CreateIndex\":0,\"ModifyIndex\":0,"
                + "\"Remote\":{\"Partition\":\"\",\"Datacenter\":\"\"}}");
  }

  @Test
  void shouldEscapeWhatABrowserMightTakeForMarkup() {
    KvEntry entry = KvEntry.newBuilder().setKey("<a>&\u2028\u0001\n\"é").build();
    assertThat(MessageJson.print(entry))
        .contains("\"Key\":\"\\u003ca\\u003e\\u0026\\u2028\\u0001\\n\\\"é\"");
  }

  @Test
  void shouldPrintBytesAsBase64AndNoBytesAsNull() {
    assertThat(
            MessageJson.print(KvEntry.newBuilder().setValue(ByteString.copyFromUtf8("hi")).build()))
        .contains("\"Value\":\"aGk=\"");
    assertThat(MessageJson.print(KvEntry.getDefaultInstance())).contains("\"Value\":null");
  }

  @Test
  void shouldPrintLargeNumbersWithoutASign() {
    assertThat(MessageJson.print(KvEntry.newBuilder().setFlags(-1).build()))
        .contains("\"Flags\":18446744073709551615");
  }

  @Test
  void shouldPrintWhatStandsInlineBesideTheRest() {
    ConfigEntry entry =
        ConfigEntry.newBuilder()
            .setKind("service-defaults")
            .setName("web")
            .setHash(7)
            .setServiceDefaults(ServiceDefaults.newBuilder().setProtocol("http"))
            .build();
    assertThat(MessageJson.print(entry))
        .isEqualTo(
            "{\"Kind\":\"service-defaults\",\"Name\":\"web\",\"Protocol\":\"http\","
                + "\"TransparentProxy\":{},\"MeshGateway\":{},\"Expose\":{},\"Hash\":7,"
                + "\"CreateIndex\":0,\"ModifyIndex\":0}");
  }

  @Test
  void shouldLeaveTheNameOfAMeshEntryOut() {
    ConfigEntry entry =
        ConfigEntry.newBuilder()
            .setKind("mesh")
            .setName("mesh")
            .setMesh(Mesh.getDefaultInstance())
            .build();
    assertThat(MessageJson.print(entry)).doesNotContain("Name");
    ConfigEntry.Builder read = ConfigEntry.newBuilder().setMesh(Mesh.getDefaultInstance());
    assertThat(MessageJson.readWeakly(bytes("{\"Name\":\"mesh\"}"), read)).containsExactly("Name");
  }

  @Test
  void shouldReadKeysWithoutCaseAndInSnakeCase() {
    ServiceDefinition read =
        MessageJson.read(
                bytes(
                    "{\"NAME\":\"web\",\"enable_tag_override\":true,"
                        + "\"check\":{\"args\":[\"a\"],\"deregister_critical_service_after\":\"90m\"}}"),
                ServiceDefinition.newBuilder())
            .build();
    assertThat(read.getName()).isEqualTo("web");
    assertThat(read.getEnableTagOverride()).isTrue();
    assertThat(read.getCheck().getScriptArgsList()).containsExactly("a");
    assertThat(read.getCheck().getDeregisterCriticalServiceAfter().getSeconds()).isEqualTo(5400);
  }

  @Test
  void shouldReadADurationAsTextOrNanoseconds() {
    CheckType read =
        MessageJson.read(
                bytes("{\"TTL\":30000000000,\"Interval\":\"1m0.5s\"}"), CheckType.newBuilder())
            .build();
    assertThat(read.getTtl()).isEqualTo(Duration.newBuilder().setSeconds(30).build());
    assertThat(read.getInterval())
        .isEqualTo(Duration.newBuilder().setSeconds(60).setNanos(500_000_000).build());
  }

  @Test
  void shouldReadAMessageThatStandsInline() {
    CheckRegistration read =
        MessageJson.read(
                bytes("{\"ID\":\"c\",\"Name\":\"n\",\"TTL\":\"10s\",\"ServiceID\":\"web\"}"),
                CheckRegistration.newBuilder())
            .build();
    assertThat(read.getId()).isEqualTo("c");
    assertThat(read.getServiceId()).isEqualTo("web");
    assertThat(read.getDefinition().getName()).isEqualTo("n");
    assertThat(read.getDefinition().getTtl().getSeconds()).isEqualTo(10);
  }

  @Test
  void shouldReadAListThatStandsForItsMessage() {
    HealthCheckDefinition read =
        MessageJson.read(
                bytes("{\"Header\":{\"X-A\":[\"1\",\"2\"]}}"), HealthCheckDefinition.newBuilder())
            .build();
    assertThat(read.getHeaderMap())
        .containsEntry("X-A", HeaderValue.newBuilder().addValue("1").addValue("2").build());
    assertThat(MessageJson.print(read)).isEqualTo("{\"Header\":{\"X-A\":[\"1\",\"2\"]}}");
  }

  @Test
  void shouldLetTheLastOfTwoEqualKeysHold() {
    KvEntry read =
        MessageJson.read(bytes("{\"Key\":\"a\",\"key\":\"b\"}"), KvEntry.newBuilder()).build();
    assertThat(read.getKey()).isEqualTo("b");
  }

  @Test
  void shouldSkipUnknownKeysWhereConsulDoes() {
    NodeService read =
        MessageJson.read(
                bytes("{\"Service\":\"web\",\"Connect\":{\"Native\":true,\"Foo\":[1]}}"),
                NodeService.newBuilder())
            .build();
    assertThat(read.getConnect().getNative()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|EOF",
        "{|unexpected EOF",
        "{\"Name\":|unexpected EOF",
        "{\"Foo\":1}|json: unknown field \"Foo\"",
        "{\"Check\":{\"Foo\":1}}|json: unknown field \"Foo\"",
        "[]|json: cannot unmarshal array into Go value",
        "{\"Port\":\"80\"}|json: cannot unmarshal string into Go struct field"
            + " ServiceDefinition.Port of type int",
        "{\"Port\":80.5}|json: cannot unmarshal number 80.5 into Go struct field"
            + " ServiceDefinition.Port of type int",
        "{\"Port\":99999999999}|json: cannot unmarshal number into Go struct field"
            + " ServiceDefinition.Port of type int",
        "{\"Tags\":\"a\"}|json: cannot unmarshal string into Go struct field"
            + " ServiceDefinition.Tags of type []string",
        "{\"Check\":{\"TTL\":\"abc\"}}|time: invalid duration \"abc\"",
        "{\"Check\":{\"TTL\":\"10\"}}|time: missing unit in duration \"10\"",
        "{\"Check\":{\"TTL\":\"1x\"}}|time: unknown unit \"x\" in duration \"1x\"",
      })
  void shouldRefuseWithTheTextOfGo(String body, String text) {
    assertThatThrownBy(() -> MessageJson.read(bytes(body), ServiceDefinition.newBuilder()))
        .isInstanceOf(JsonProblem.class)
        .hasMessage(text);
  }

  @Test
  void shouldSayWhichFieldHoldsNoDuration() {
    assertThatThrownBy(
            () ->
                MessageJson.readWeakly(
                    bytes(
                        "{\"UpstreamConfig\":{\"Overrides\":[{\"PassiveHealthCheck\":"
                            + "{\"Interval\":\"10\"}}]}}"),
                    ServiceDefaults.newBuilder()))
        .isInstanceOfSatisfying(
            JsonProblem.class,
            problem ->
                assertThat(problem.located())
                    .isEqualTo(
                        "1 error(s) decoding:\n\n* error decoding"
                            + " 'UpstreamConfig.Overrides[0].PassiveHealthCheck.Interval': time:"
                            + " missing unit in duration \"10\""));
  }

  @Test
  void shouldRefuseWhatIsNestedTooDeep() {
    String deep = "{\"a\":".repeat(200) + "1" + "}".repeat(200);
    assertThatThrownBy(
            () ->
                MessageJson.read(
                    bytes("{\"Config\":" + deep + "}"),
                    io.hanse.fsm.row.ProxyDefaults.newBuilder()))
        .isInstanceOf(JsonProblem.class);
  }

  @Test
  void shouldConvertNearMissesWhereTypesAreWeak() {
    ConfigEntry.Builder read =
        ConfigEntry.newBuilder().setServiceDefaults(ServiceDefaults.getDefaultInstance());
    List<String> unknown =
        MessageJson.readWeakly(
            bytes(
                "{\"kind\":\"service-defaults\",\"name\":\"web\",\"max_inbound_connections\":\"7\","
                    + "\"mesh_gateway\":[{\"mode\":\"local\"}],\"Protocol\":5,"
                    + "\"UpstreamConfig\":{\"Overrides\":{\"Name\":\"a\",\"Mood\":1}},"
                    + "\"ModifyIndex\":9,\"Foo\":{\"x\":1}}"),
            read);
    assertThat(unknown).containsExactly("UpstreamConfig.Overrides[0].Mood", "Foo");
    ServiceDefaults defaults = read.getServiceDefaults();
    assertThat(defaults.getMaxInboundConnections()).isEqualTo(7);
    assertThat(defaults.getMeshGateway().getMode()).isEqualTo("local");
    assertThat(defaults.getProtocol()).isEqualTo("5");
    assertThat(defaults.getUpstreamConfig().getOverrides(0).getName()).isEqualTo("a");
  }

  @Test
  void shouldKeepFreeMapsWithTheirTypesSortedByKey() {
    String text = "{\"b\":true,\"f\":1.5,\"l\":[1,\"2\",null],\"m\":{\"x\":-0.25},\"n\":10}";
    io.hanse.fsm.row.ProxyDefaults read =
        MessageJson.read(
                bytes("{\"Config\":" + text + "}"), io.hanse.fsm.row.ProxyDefaults.newBuilder())
            .build();
    assertThat(MessageJson.print(read)).startsWith("{\"Config\":" + text);
  }

  @ParameterizedTest
  @CsvSource({
    "1,1",
    "1.5,1.5",
    "0,0",
    "1e21,1e+21",
    "12345678901234567890,12345678901234567000",
    "1e-7,1e-7",
    "0.000001,0.000001",
    "1e20,100000000000000000000",
    "-2.5e25,-2.5e+25"
  })
  void shouldPrintNumbersAsGoDoes(double number, String text) {
    Struct struct =
        Struct.newBuilder()
            .putFields("n", Value.newBuilder().setNumberValue(number).build())
            .build();
    assertThat(
            MessageJson.print(
                io.hanse.fsm.row.ProxyDefaults.newBuilder().setConfig(struct).build()))
        .contains("{\"n\":" + text + "}");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
