/** The border of a moored map in a browser: what waits, leaving by a proof made in the page, and what is never sent. */
import { createRequire } from "node:module";
import type { Request } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { EXIT } from "../../prover/stateCircuits.ts";
import type { Exploring } from "../../service/explorer/explore.ts";
import { keyText } from "../../trace/signing/keyText.ts";
import { owed } from "../../verifier/chain/crossing/assets.ts";
import { freeze } from "../../verifier/chain/crossing/requests.ts";
import { readMap } from "../../verifier/chain/registry.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { wait } from "../lib/chains.ts";
import { explored } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { A, B, DAY, HELD, type MooredRun, mooredRun } from "./lib/mooredRun.ts";
import { type OpenedPage, openPage } from "./lib/openPage.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RECIPIENT = `0x${"Ab".repeat(20)}`.toLowerCase();
const ME = { name: "a.json", mimeType: "application/json" };

inBrowser("the border of a moored map", (around) => {
  const { scratch } = around;
  let run: MooredRun;
  let site: Exploring;
  beforeAll(async () => {
    await artifactsOf(EXIT);
    run = await mooredRun(scratch.path("moored"));
    site = await explored(run.dir);
  });
  afterAll(async () => {
    await site?.[Symbol.asyncDispose]();
    await run?.[Symbol.asyncDispose]();
  });

  /** Opens the view, agrees to ask the node, and waits for its answer. */
  async function openBorder(more: Parameters<typeof openPage>[2] = {}): Promise<OpenedPage> {
    const opened = await openPage(around.browser, site.url, more);
    const { page } = opened;
    await opened.show("trust", { node: run.anvil.url });
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Ask this node" }).click()]);
    await opened.settled();
    await opened.follow("border");
    await page.getByRole("heading", { name: "Open deposits" }).waitFor();
    await opened.settled();
    return opened;
  }

  /** Has A sign, and the page prove. */
  async function fill({ page }: OpenedPage): Promise<void> {
    await page.getByLabel("Program that leaves").selectOption(String(A));
    await page.getByLabel("Account to be paid").fill(RECIPIENT);
    const key = Buffer.from(keyText({ secret: secretOf(A), authority: authority(A) }));
    await page.getByLabel("Key file of the program").setInputFiles({ ...ME, buffer: key });
    await page.getByRole("button", { name: "Sign and prove" }).click();
  }

  async function prove(opened: OpenedPage): Promise<{ to: string; value: string; data: string }> {
    const { page } = opened;
    await fill(opened);
    await page.locator("[data-call], form [role=alert]").first().waitFor();
    expect(await page.locator("form [role=alert]").allTextContents()).toEqual([]);
    const call = page.getByRole("region", { name: "The call to send" });
    const of = async (term: string): Promise<string> =>
      (await call.locator(`dt:text-is("${term}") + dd`).first().textContent()) ?? "";
    return { to: await of("to"), value: await of("value, in wei"), data: (await of("data")).trim() };
  }

  test("without a node it tells what the run says, and that the chain was not asked", async () => {
    await using opened = await openPage(around.browser, site.url);
    const { page, faults } = opened;
    await opened.show("border");
    const text = (await page.locator("main").textContent()) ?? "";
    expect(text).toContain("no node was asked");
    expect(text).toContain("0.5 ETH (500000000000000000 wei)");
    expect(text).toMatch(/deposit 1 came in/);
    expect(text).toMatch(/Slot 40 of A \(program 2\) shows/);
    expect(await page.getByRole("button", { name: "Sign and prove" }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test("with a node it compares purse and run, and says who may do what about what waits", async () => {
    await using opened = await openBorder();
    const { page, faults } = opened;
    const text = (await page.locator("main").textContent()) ?? "";
    expect(await page.locator("tr[data-asset='1']").textContent()).toContain("the node and this run agree");
    expect(text).toMatch(/Deposit 3: 0\.000000000000000007 ETH \(7 wei\)/);
    expect(text).toMatch(/It waits for the map's operator, who lets it in by a transition of/);
    expect(text).toMatch(/From .* on anybody may send it back to its payer/);
    expect(text).toContain("No request to leave is open.");
    expect(text).toMatch(/Feed 0 asks contract/);
    expect(faults).toEqual([]);
  });

  test("has no findings of axe, wide and narrow", async () => {
    await using opened = await openBorder({ bypassCSP: true });
    const { page } = opened;
    await page.addScriptTag({ path: AXE });
    for (const width of [1_280, 360]) {
      await page.setViewportSize({ width, height: 860 });
      const found = await page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
      );
      expect([width, found]).toEqual([width, []]);
      const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
      expect([width, wide]).toEqual([width, 0]);
    }
  });

  test("a key of another program, and what is no key, are refused, and the file is not quoted", async () => {
    await using opened = await openBorder();
    const { page } = opened;
    await page.getByLabel("Program that leaves").selectOption(String(A));
    await page.getByLabel("Account to be paid").fill(RECIPIENT);
    const files: [string, RegExp][] = [
      [keyText({ secret: secretOf(B), authority: authority(B) }), /is not the key of program 2/],
      ['{"secret":"hush"}', /is not as keys new writes it/],
      ["x".repeat(2_000), /is too long to be a key file/],
    ];
    for (const [text, refusal] of files) {
      await page.getByLabel("Key file of the program").setInputFiles({ ...ME, buffer: Buffer.from(text) });
      await page.getByRole("button", { name: "Sign and prove" }).click();
      const alert = page.locator("form [role=alert]").filter({ hasText: refusal });
      await alert.waitFor();
      expect(await alert.textContent()).not.toContain("hush");
    }
  });

  test("without a proving key on the server, the page says what to run there", async () => {
    await using opened = await openBorder();
    const { page } = opened;
    await page
      .context()
      .route("**/proving/exit.json", (route) =>
        route.fulfill({ status: 404, json: { error: { message: "run timebandits setup --profile exit there" } } }),
      );
    await fill(opened);
    await page.locator("form [role=alert]").filter({ hasText: "setup --profile exit" }).waitFor();
    expect(await page.locator("[data-call]").count()).toBe(0);
  });

  test("an account that is mistyped is refused", async () => {
    await using opened = await openBorder();
    const { page } = opened;
    const key = Buffer.from(keyText({ secret: secretOf(A), authority: authority(A) }));
    await page.getByLabel("Key file of the program").setInputFiles({ ...ME, buffer: key });
    for (const [account, refusal] of [
      ["0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266", /its capitals do not fit/],
      ["0x12", /is no address/],
    ] as const) {
      await page.getByLabel("Account to be paid").fill(account);
      await page.getByRole("button", { name: "Sign and prove" }).click();
      await page.locator("form [role=alert]").filter({ hasText: refusal }).waitFor();
    }
  });

  test("a true proof is made in the page, the registry takes it, and no request held the key", async () => {
    await using opened = await openBorder();
    const { page, faults } = opened;
    const requests: Request[] = [];
    page.context().on("request", (request) => requests.push(request));
    const signed = page.locator("[data-signed]");
    await page.getByLabel("Account to be paid").fill(RECIPIENT);
    expect(await signed.textContent()).toContain(`the registry owes it to ${RECIPIENT}`);
    const call = await prove(opened);
    expect(call.to).toBe(run.registry.address);
    expect(call.data).toMatch(/^0x[0-9a-f]+$/);
    // The file that timebandits exit would print.
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as a file" }).click(),
    ]);
    const file = JSON.parse(String(await (await download.createReadStream()).toArray()));
    expect(file).toMatchObject({ map: run.mapId, program: A, quantity: HELD.toString(), calls: [call] });

    await expectNoKey(requests);
    expect(requests.map((request) => new URL(request.url()).pathname)).toEqual(
      expect.arrayContaining(["/proving/exit.json", "/proving/exit.wasm", "/proving/exit.zkey"]),
    );
    // The registry verifies it: that is outside of the page.
    const { signer, provider } = run.chain;
    const sent = await signer?.sendTransaction({ to: call.to, value: BigInt(call.value), data: call.data });
    expect((await sent?.wait())?.status).toBe(1);
    expect(faults).toEqual([]);
    expect(await provider.getBalance(run.registry.address)).toBeGreaterThan(HELD);
  });

  test("the request is shown with its times; once it is late, that anybody may act; then the map is frozen", async () => {
    {
      await using opened = await openBorder();
      const text = (await opened.page.locator("main").textContent()) ?? "";
      expect(text).toContain("A (program 2) asks to leave");
      expect(text).toMatch(/Its operator answers by \d{4}-/);
      expect(text).toMatch(/it lies there and its asker was entitled to it: an Eject answers it/);
    }
    await wait(run.chain.provider, DAY + 10);
    {
      await using opened = await openBorder();
      expect(await opened.page.locator("main").textContent()).toMatch(/LATE since .*anybody may answer it/);
    }
    await wait(run.chain.provider, DAY);
    const { mapId, registry } = run;
    {
      await using opened = await openBorder();
      const text = (await opened.page.locator("main").textContent()) ?? "";
      expect(text).toContain("Anybody may freeze the map, which ends it: all who are entitled then leave, now.");
      const name = /request(\d{20,})/.exec(
        (await opened.page.locator("section[aria-label='Open requests to leave'] dl").first().textContent()) ?? "",
      );
      expect(name).toBeNull();
      const whole = await opened.page
        .locator("section[aria-label='Open requests to leave'] dd [title]")
        .last()
        .getAttribute("title");
      await freeze(registry, mapId, BigInt(whole ?? ""));
    }
    expect((await readMap(registry, mapId)).mooring?.frozen).toBe(true);
  });

  test("out of the frozen map the page's call leaves at once, sent by the browser's wallet", async () => {
    await using opened = await openBorder();
    const { page, faults } = opened;
    // A wallet as a browser puts it into the page.
    const sent: { from: string; to: string; value: string; data: string }[] = [];
    await page.exposeFunction("walletSends", (transaction: (typeof sent)[number]) => {
      sent.push(transaction);
      return `0x${"1".repeat(64)}`;
    });
    await page.evaluate(`window.ethereum = { request: async ({ method, params }) => ({
      eth_requestAccounts: () => ["0x${"2".repeat(40)}"],
      eth_chainId: () => "0x7a69",
      eth_sendTransaction: () => window.walletSends(params[0]),
    })[method]() }`);
    expect(await page.locator("main").textContent()).toContain("The map is frozen");
    const requests: Request[] = [];
    page.context().on("request", (request) => requests.push(request));
    const call = await prove(opened);
    expect(call.value).toBe("0");
    await page.getByRole("button", { name: "Send with this browser's wallet" }).click();
    await page.getByText("the wallet has sent it").waitFor();
    expect(sent).toEqual([{ from: `0x${"2".repeat(40)}`, to: call.to, value: "0x0", data: call.data }]);
    await expectNoKey(requests);
    const { signer } = run.chain;
    await (await signer?.sendTransaction({ to: call.to, data: call.data }))?.wait();
    expect(await owed(run.registry, RECIPIENT, 1)).toBe(HELD);
    expect(faults).toEqual([]);
  });
});

/** The key's secret, in the forms that it could be sent in. */
async function expectNoKey(requests: readonly Request[]): Promise<void> {
  expect(requests.length).toBeGreaterThan(3);
  const secret = Buffer.from(secretOf(A));
  const forms = [
    ...[secret.toString("hex"), secret.toString("base64"), secret.toString("base64url"), secret.toString("latin1")],
    ...[
      BigInt(`0x${secret.toString("hex")}`).toString(),
      BigInt(`0x${Buffer.from(secret).reverse().toString("hex")}`).toString(),
    ],
    [...secret].join(","),
  ];
  for (const request of requests) {
    const said = [
      request.url(),
      decodeURIComponent(request.url()),
      JSON.stringify(await request.allHeaders().catch(() => ({}))),
      request.postDataBuffer()?.toString("latin1") ?? "",
    ].join("\n");
    for (const form of forms) expect(said.toLowerCase()).not.toContain(form.toLowerCase());
  }
}
