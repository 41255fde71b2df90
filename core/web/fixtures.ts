// Tests only: the public listener in front of a real database and the live test of real FTP servers.
import { createTestDatabase } from "../../test/database.ts";
import { callerNamed, createMovableClock, privateRoom } from "../people/fixtures.ts";
import { createPeople } from "../people/index.ts";
import { createServersFixture } from "../servers/fixtures.ts";
import { createWeb } from "./index.ts";

export async function startWeb() {
  const clock = createMovableClock();
  const database = await createTestDatabase();
  const people = createPeople({ db: database.db, clock });
  const fixture = createServersFixture(database.db, clock);
  const listen = { host: "127.0.0.1", port: 0 };
  const web = createWeb({ ...fixture, people, clock, listen, publicUrl: "http://localhost:8080" });
  const { url } = await web.listen();
  return {
    ...fixture,
    clock,
    database,
    people,
    url,
    /** A link to the page as it listens here; `name` is the person, by whom the language may be chosen. */
    async link(name: string, options: { language?: "en" | "fr"; server?: string } = {}) {
      const { language = "en", server } = options;
      const caller = await callerNamed(people, name, privateRoom(), { language });
      const { link } = await fixture.api.enrol(caller, server === undefined ? {} : { server });
      return { caller, link: link.replace("http://localhost:8080", url) };
    },
    async close() {
      await web.close();
      fixture.servers.close();
      await database.close();
    },
  };
}
