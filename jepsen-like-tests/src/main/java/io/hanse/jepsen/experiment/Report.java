package io.hanse.jepsen.experiment;

/** Writes of a run what people read: a page in Markdown, beside which its picture is. */
public final class Report {
  private Report() {}

  /** What goes beside the page, as SVG. */
  public static String picture(Result result) {
    return Picture.of(result);
  }

  /**
   * The page.
   *
   * @param picture name of the file with the picture, beside the page
   */
  public static String page(Result result, String picture) {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Faults, seed %d: %s

        %d servers, %d faults of %d s with %d s between them. %d requests were answered, %d were not.

        ![Requests and answer times of each second](%s)

        A fault is dark as long as it lasts, and light until all is well: all servers answer, and clusters
        that are peered show the same. Queries that wait for a change are counted, not timed.

        | Workload | Judged | Verdict |
        |---|---|---|
        """
            .formatted(
                result.plan().seed(),
                result.isGood() ? "good" : "NOT GOOD",
                result.plan().servers(),
                result.faults().size(),
                result.plan().fault().toSeconds(),
                result.plan().calm().toSeconds(),
                result.pulse().answered(),
                result.pulse().failed(),
                picture));
    for (Result.Judgement each : result.judgements()) {
      String verdict =
          each.verdict().isVoid()
              ? "void"
              : each.verdict().faults().isEmpty()
                  ? "good"
                  : "wrong: " + each.verdict().faults().get(0);
      page.append(
          "| %s | %s | %s |%n".formatted(each.workload(), each.verdict().counts(), verdict));
    }
    page.append("\n| # | At | Fault | Felt | All is well after its end |\n|---|---|---|---|---|\n");
    int number = 1;
    for (Result.Fault fault : result.faults()) {
      page.append(
          "| %d | %d s | %s | %s | %d s |%n"
              .formatted(
                  number++,
                  fault.from(),
                  fault.what(),
                  fault.isFelt() ? "yes" : "NO",
                  fault.well() - fault.until()));
    }
    return page.toString();
  }
}
