package io.hanse.cli.config.hcl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.SyntaxException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HclTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a = 1 b = 2|{'a':1,'b':2}",
        "ports { grpc = 8502 http = 8500 }|{'ports':{'grpc':8502,'http':8500}}",
        "Kind = \"mesh\" Peering { On = true }|{'Kind':'mesh','Peering':{'On':true}}",
        "x = { Name = \"a\" Exact = \"1\" }|{'x':{'Name':'a','Exact':'1'}}",
        "x = { a = 1, b = 2, }|{'x':{'a':1,'b':2}}",
        "l = [1, \"a\", { m { n = 1 } }, [],]|{'l':[1,'a',{'m':{'n':1}},[]]}",
        "s \"web\" { p = 1 }|{'s':{'web':{'p':1}}}",
        "s \"a\" \"b\" { p = 1 }|{'s':{'a':{'b':{'p':1}}}}",
        "s { a = 1 } s { a = 2 }|{'s':[{'a':1},{'a':2}]}",
        "s = [{ a = 1 }] s { a = 2 }|{'s':[{'a':1},{'a':2}]}",
        "a = 1 a = 2|{'a':2}",
        "\"quoted key\" = true|{'quoted key':true}",
        "a-b.c_d = false|{'a-b.c_d':false}",
        "n = [0xff, -7, 010, 1.5, -1e3, 0]|{'n':[255,-7,8,1.5,-1000,0]}",
        "n = 18446744073709551615|{'n':18446744073709551615}",
        "s = \"a\\tb\\\\c\\u00e9\\x41\"|{'s':'a\\tb\\\\cé" + "A'}",
        "s = \"${f(\"x\")}\"|{'s':'${f(\\\"x\\\")}'}",
        "a = 1 // one|{'a':1}",
        "a = 1 # one|{'a':1}",
        "/* x # */ a = 1|{'a':1}",
      })
  void shouldReadAsHclMeans(String hcl, String json) {
    assertThat(JsonText.compact(HclText.parse(hcl))).isEqualTo(json.replace('\'', '"'));
  }

  @Test
  void shouldReadOverComments() {
    assertThat(HclText.parse("# one\na = 1 // two\n/* three\n four */ b = 2").fields())
        .containsOnlyKeys("a", "b");
    assertThat(HclText.parse("").fields()).isEmpty();
  }

  @Test
  void shouldKeepTheTextOfAHereDocument() {
    assertThat(HclText.parse("a = <<EOF\n  x\n y\nEOF\nb = 1").at("a").text())
        .isEqualTo("  x\n y\n");
  }

  @Test
  void shouldUnindentAHereDocumentWithADash() {
    assertThat(HclText.parse("a = <<-EOT\n    x\n      y\n    EOT\n").at("a").text())
        .isEqualTo("x\n  y\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Kind = mesh|At 1:8: Unknown token: 1:8 IDENT mesh",
        "service {|At 1:11: object expected closing RBRACE got: EOF",
        "a = {|At 1:7: object expected closing RBRACE got: EOF",
        "a|At 1:3: key 'a' expected start of object ('{') or assignment ('=')",
        "a \"b\" = 1|At 1:7: nested object expected: LBRACE got: ASSIGN",
        "a = \"x|At 1:5: literal not terminated",
        "a = [1 2]|At 1:8: error parsing list, expected comma or list end, got: NUMBER",
        "a = 12x|At 1:5: illegal number 12x",
        "a = <<EOF|At 1:5: heredoc not terminated",
        "a = \"\\q\"|At 1:8: illegal char escape",
      })
  void shouldSayWhereItFailed(String hcl, String message) {
    assertThatThrownBy(() -> HclText.parse(hcl))
        .isInstanceOf(SyntaxException.class)
        .hasMessage(message);
  }

  @Test
  void shouldCountLines() {
    assertThatThrownBy(() -> HclText.parse("a = 1\n\n  b = ?\n"))
        .hasMessage("At 3:7: illegal character '?'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{"})
  void shouldRefuseEndlessNesting(String open) {
    assertThatThrownBy(
            () -> HclText.parse("a = " + ("[".equals(open) ? open : "{ a = ").repeat(5000)))
        .isInstanceOf(SyntaxException.class)
        .hasMessageContaining("nested deeper than");
  }

  @Test
  void shouldTakeJsonForJson() {
    assertThat(HclText.parseEither(" {\"a\": [1]}").at("a").items()).hasSize(1);
    assertThat(List.copyOf(HclText.parseEither("a { b = 1 }").fields().keySet()))
        .containsExactly("a");
  }
}
