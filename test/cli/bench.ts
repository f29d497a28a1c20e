import { Command } from "../support/command";
import { freePort, LO, ownGroup } from "../support/loopback";

/** Commands on the loopback interface, with a port and two groups that no other test uses. Ended after each test. */
export class Bench {
  port = 0;
  group = "";
  other = "";
  #commands: Command[] = [];

  /** Makes a bench for the tests of a suite. */
  static forEachTest(): Bench {
    const bench = new Bench();
    beforeEach(async () => {
      bench.port = await freePort();
      bench.group = ownGroup();
      bench.other = ownGroup();
    });
    afterEach(async () => {
      await Promise.all(bench.#commands.map((command) => command.kill()));
      bench.#commands = [];
    });
    return bench;
  }

  /** The command with these words alone. */
  run(...words: readonly string[]): Command {
    const command = new Command(...words);
    this.#commands.push(command);
    return command;
  }

  /** A verb on the loopback interface and the port of the bench. */
  verb(name: string, ...words: readonly string[]): Command {
    return this.run(name, "--iface", LO, "--port", `${this.port}`, ...words);
  }

  say(...words: readonly string[]): Command {
    return this.verb("say", "--group", this.group, ...words);
  }

  /** A verb that has joined its groups. */
  async listener(name: string, ...words: readonly string[]): Promise<Command> {
    const command = this.verb(name, "--verbose", ...words);
    await command.reports(/^joined on lo/m);
    return command;
  }

  recv(...words: readonly string[]): Promise<Command> {
    return this.listener("recv", "--group", this.group, ...words);
  }

  /** Relays from the first group to the second. */
  hear(...words: readonly string[]): Promise<Command> {
    return this.listener("hear", "--group", this.other, "--groups", this.group, ...words);
  }
}
