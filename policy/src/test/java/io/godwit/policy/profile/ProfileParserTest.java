package io.godwit.policy.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.core.GodwitException;
import io.godwit.core.NodeId;
import io.godwit.policy.load.Gossip;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProfileParserTest {
  @Test
  void anEmptyProfileIsTheDefault() {
    Profile profile = ProfileParser.parse("x", "");
    assertThat(profile.transfer()).isEqualTo("hybrid");
    assertThat(profile.selection().by()).isEqualTo(Profile.By.AGE);
    assertThat(profile.dissemination(new NodeId("a"), new SplittableRandom(1), 0, 0))
        .isInstanceOf(Gossip.class);
  }

  @Test
  void allProblemsAreReportedAtOnceWithSuggestions() {
    assertThatThrownBy(
            () ->
                ProfileParser.parse(
                    "x",
                    """
                    transfer = "precpy"
                    [load]
                    disemination = "gossip"
                    period = "2 seconds"
                    [activation]
                    initiation = "sendr"
                    high = -1
                    [selection]
                    names = ["a"]
                    excluded = ["b"]
                    """))
        .isInstanceOfSatisfying(
            GodwitException.class,
            e ->
                assertThat(e.why())
                    .contains("line 1: 'transfer' is one of", "did you mean 'precopy'?")
                    .contains("line 3: 'load.disemination'", "did you mean 'dissemination'?")
                    .contains("line 4: 'load.period' is a time")
                    .contains("did you mean 'sender'?")
                    .contains("'activation.high' is a number from 0")
                    .contains("'names' cannot both be given"));
  }

  @Test
  void brokenTomlNamesThePlace() {
    assertThatThrownBy(() -> ProfileParser.parse("x", "[load\nperiod = 1"))
        .isInstanceOf(GodwitException.class)
        .hasMessageContaining("line 1");
  }

  @Test
  void showsEachAxis() {
    String text = ProfileText.render(ProfileParser.parse("x", "missing = [\"a moon\"]"));
    assertThat(text)
        .contains("transfer", "naming", "dissemination", "initiation", "selection", "location")
        .contains("stability", "admission", "eviction", "missing        a moon");
  }
}
