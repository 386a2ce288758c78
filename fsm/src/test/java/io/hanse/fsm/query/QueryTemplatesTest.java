package io.hanse.fsm.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.ServiceQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected texts are a real Consul's. */
class QueryTemplatesTest {
  private static PreparedQuery.Builder template(String name, String regexp) {
    PreparedQuery.Builder query = PreparedQuery.newBuilder().setName(name);
    query.getTemplateBuilder().setType("name_prefix_match").setRegexp(regexp);
    return query;
  }

  private static PreparedQuery t9(String service) {
    PreparedQuery.Builder query = template("t9", "^t9-(.*?)-(.*)$");
    query.getServiceBuilder().setService(service);
    return query.build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "${name.full}-${match(1)}~t9-foo-bar-foo",
        "${match(0)}~t9-foo-bar",
        "${match(1)}${match(2)}~foobar",
        "${match(9)}|${match(-1)}~|",
        "${match(1)} ${ name.prefix }~foo t9",
        "${name.suffix}${agent.segment}!~-foo-bar!",
        "}~}",
        "x$y$~x$y$",
        "a$$b~a$b",
        "$${name.full}~${name.full}",
        "$$$${name.full}~$${name.full}",
        "\\${name.full}~\\t9-foo-bar",
        "a\"b~a\"b",
        "a${\"lit\"}b~alitb",
        "${\"${name.full}\"}~t9-foo-bar",
        "${match(\"1\")}~foo",
        "${(1)}${true}${1.5}~1true1.5",
        "${name.full}}~t9-foo-bar}"
      })
  void shouldFillInTexts(String text, String filled) {
    assertThat(QueryTemplates.render(t9(text), "t9-foo-bar").getService().getService())
        .isEqualTo(filled);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "${foo}~Bad evaluation for '${foo}' in Service.Service: 1:3: unknown variable accessed: foo",
        "${nofn(1)}~Bad evaluation for '${nofn(1)}' in Service.Service: 1:3: unknown function called:"
            + " nofn",
        "${match(1,2)}~Bad evaluation for '${match(1,2)}' in Service.Service: 1:3: match: expected 1"
            + " arguments, got 2",
        "${match()}~Bad evaluation for '${match()}' in Service.Service: 1:3: match: expected 1"
            + " arguments, got 0",
        "${match(name.full)}~Bad evaluation for '${match(name.full)}' in Service.Service:"
            + " __builtin_StringToInt: strconv.ParseInt: parsing \"t9\": invalid syntax",
        "${~Bad format '${' in Service.Service: parse error at 1:3: expected expression but found"
            + " end of string",
        "${ }~Bad format '${ }' in Service.Service: parse error at 1:4: expected expression but"
            + " found \"}\"",
        "${name.full~Bad format '${name.full' in Service.Service: parse error at 1:12: expected"
            + " \"}\" but found end of string",
        "${match(1}~Bad format '${match(1}' in Service.Service: parse error at 1:10: expected \")\""
            + " but found \"}\"",
        "${\"a\"b}~Bad format '${\"a\"b}' in Service.Service: parse error at 1:6: expected \"}\" but"
            + " found \"b\"",
        "${a b}~Bad format '${a b}' in Service.Service: parse error at 1:5: expected \"}\" but found"
            + " \"b\"",
        "${+}~Bad format '${+}' in Service.Service: parse error at 1:3: expected expression but"
            + " found \"+\""
      })
  void shouldSayWhatIsWrongWithText(String text, String complaint) {
    assertThatThrownBy(() -> QueryTemplates.check(t9(text)))
        .isInstanceOf(ProblemException.class)
        .hasMessage("failed compiling template: " + complaint);
  }

  @Test
  void shouldRefuseWhatIsMoreThanItKnows() {
    assertThatThrownBy(() -> QueryTemplates.check(t9("x${1+2}")))
        .hasMessageContaining("arithmetic and conditions are not supported");
    assertThatThrownBy(() -> QueryTemplates.check(t9("${" + "(".repeat(10_000))))
        .hasMessageContaining("nests too deeply");
    assertThatThrownBy(() -> QueryTemplates.check(t9("${\"".repeat(10_000))))
        .hasMessageContaining("nests too deeply");
  }

  @Test
  void shouldRefuseOtherTypesAndBadPatterns() {
    PreparedQuery.Builder other = template("a", "");
    other.getTemplateBuilder().setType("foo");
    assertThatThrownBy(() -> QueryTemplates.check(other.build()))
        .hasMessage("failed compiling template: Bad Template.Type 'foo'");
    assertThatThrownBy(() -> QueryTemplates.check(template("a", "((").build()))
        .hasMessage(
            "failed compiling template: Bad Regexp: error parsing regexp: missing closing ): `((`");
  }

  @Test
  void shouldFillInEveryText() {
    PreparedQuery.Builder query = template("", "");
    query
        .getServiceBuilder()
        .setService("${name.full}")
        .setNear("${name.full}n")
        .setPeer("${name.full}p")
        .addTags("${name.suffix}")
        .addTags("")
        .addIgnoreCheckIds("${name.full}c")
        .putNodeMeta("k", "${name.prefix}x")
        .putServiceMeta("s", "${name.full}y");
    query.getServiceBuilder().getFailoverBuilder().addDatacenters("${name.full}d");
    query.getServiceBuilder().getFailoverBuilder().addTargetsBuilder().setPeer("${name.full}t");

    ServiceQuery filled = QueryTemplates.render(query.build(), "AbC").getService();

    assertThat(filled.getService()).isEqualTo("AbC");
    assertThat(filled.getNear()).isEqualTo("AbCn");
    assertThat(filled.getPeer()).isEqualTo("AbCp");
    assertThat(filled.getTagsList()).containsExactly("AbC", "");
    assertThat(filled.getIgnoreCheckIdsList()).containsExactly("AbCc");
    assertThat(filled.getNodeMetaMap()).containsEntry("k", "x");
    assertThat(filled.getServiceMetaMap()).containsEntry("s", "AbCy");
    assertThat(filled.getFailover().getDatacentersList()).containsExactly("AbCd");
    assertThat(filled.getFailover().getTargets(0).getPeer()).isEqualTo("AbCt");
  }

  @Test
  void shouldRemoveEmptyTags() {
    PreparedQuery.Builder query = template("T-", "");
    query.getTemplateBuilder().setRemoveEmptyTags(true);
    query.getServiceBuilder().addTags("${name.suffix}").addTags("");

    assertThat(QueryTemplates.render(query.build(), "T-X").getService().getTagsList())
        .containsExactly("X");
    assertThat(QueryTemplates.render(query.build(), "t-X").getService().getTagsList())
        .containsExactly("t-X");
    assertThat(QueryTemplates.render(query.build(), "T-").getService().getTagsList()).isEmpty();
  }
}
