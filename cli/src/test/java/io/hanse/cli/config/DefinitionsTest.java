package io.hanse.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionsTest {
  private static String service(String text) {
    return JsonText.compact(Definitions.services(ConfigFiles.parse("a.hcl", text, "hcl")).get(0));
  }

  @Test
  void shouldReadTheIdOfACheckThatAServiceBrings() {
    assertThat(service("service { name = \"web\" check { id = \"alive\" ttl = \"10s\" } }"))
        .isEqualTo("{\"Name\":\"web\",\"Check\":{\"CheckID\":\"alive\",\"TTL\":\"10s\"}}");
    assertThat(service("service { name = \"web\" checks = [{ ID = \"a\" service_id = \"web\" }] }"))
        .isEqualTo("{\"Name\":\"web\",\"Checks\":[{\"CheckID\":\"a\"}]}");
    assertThat(
            service("service { id = \"w\" connect { sidecar_service { check { id = \"s\" } } } }"))
        .contains("\"SidecarService\":{\"Check\":{\"CheckID\":\"s\"}}");
  }

  @Test
  void shouldTakeASingleBlockForAListOfOne() {
    assertThat(
            service(
                "service { name = \"w\" checks { id = \"c\" } proxy { upstreams {"
                    + " destination_name = \"d\" config { paths { a = 1 } } }"
                    + " expose { paths { path = \"/x\" } } } }"))
        .isEqualTo(
            "{\"Name\":\"w\",\"Checks\":[{\"CheckID\":\"c\"}],"
                + "\"Proxy\":{\"Upstreams\":[{\"DestinationName\":\"d\",\"Config\":{\"paths\":{\"a\":1}}}],"
                + "\"Expose\":{\"Paths\":[{\"Path\":\"/x\"}]}}}");
  }

  @Test
  void shouldReadTheServiceOfACheckByItself() {
    Value check =
        Definitions.checks(
                ConfigFiles.parse(
                    "a.hcl", "check { id = \"c\" service_id = \"web\" ttl = \"1s\" }", "hcl"))
            .get(0);
    assertThat(JsonText.compact(check))
        .isEqualTo("{\"ID\":\"c\",\"ServiceID\":\"web\",\"TTL\":\"1s\"}");
  }

  /** What a Consul 1.21.4 says of the same files. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "service { name = \"w\" check { check_id = \"c\" } }|service.check.check_id",
        "service { name = \"w\" check { CheckID = \"c\" } }|service.check.CheckID",
        "service { name = \"w\" checks = [{ checkid = \"c\" }] }|service.checks[0].checkid",
        "check { name = \"w\" check_id = \"c\" }|check.check_id",
        "service { name = \"w\" prot = 80 }|service.prot",
        "services = [{ name = \"w\" }, { check { intervall = \"1s\" } }]|services[1].check.intervall",
      })
  void shouldNameTheFileAndTheKeyThatThereIsNot(String text, String key) {
    assertThatThrownBy(() -> ConfigFiles.parse("a.hcl", text, "hcl"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "failed to parse a.hcl: 1 error occurred:\n\t* invalid config key " + key + "\n\n");
  }
}
