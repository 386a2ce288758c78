package io.hanse.jepsen.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.jepsen.workload.Pulse;
import io.hanse.jepsen.workload.Workload;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {
  private static final Plan PLAN =
      new Plan(42, 3, 2, Duration.ofSeconds(4), Duration.ofSeconds(2), 1, List.of());

  private static Result result(boolean isSecondFelt, List<String> faults) {
    return new Result(
        PLAN,
        List.of(
            new Result.Fault("kill leader", 2, 6, 8, true),
            new Result.Fault("power cut of <all> & more", 12, 16, 30, isSecondFelt)),
        List.of(new Result.Judgement("sets", new Workload.Verdict("7 elements", faults, false))),
        new Pulse());
  }

  private static List<Element> elements(String svg, String name) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    NodeList found = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  @Test
  void shouldMarkEachFaultInThePicture() throws Exception {
    String svg = Report.picture(result(true, List.of()));
    List<String> titles = elements(svg, "title").stream().map(Element::getTextContent).toList();
    // In each of two panels, while it lasts and until all is well.
    assertThat(titles).hasSize(8).contains("kill leader", "power cut of <all> & more");
    assertThat(elements(svg, "path")).hasSize(4);
  }

  @Test
  void shouldSayWhatWasDoneAndWhatCameOfIt() {
    String page = Report.page(result(true, List.of()), "x.svg");
    assertThat(page)
        .contains("seed 42: good", "(x.svg)", "| sets | 7 elements | good |")
        .contains("| 1 | 2 s | kill leader | yes | 2 s |")
        .contains("| 2 | 12 s |", "| yes | 14 s |");
  }

  @Test
  void shouldNotCallARunGoodThatIsNot() {
    assertThat(Report.page(result(true, List.of("lost 3")), "x.svg"))
        .contains("NOT GOOD", "| sets | 7 elements | wrong: lost 3 |");
    assertThat(Report.page(result(false, List.of()), "x.svg")).contains("NOT GOOD", "| NO |");
  }
}
