/** A scenario in layers, whose threads find their functions in a module of TypeScript. */
import { concurrent, issue, parallel, spawnWorker } from "time-bandits/runtime";

const module = new URL("./work.ts", import.meta.url);

export default concurrent({
  name: "layers",
  description: "A worker retires Gold, and threads double numbers",
  async main() {
    const gold = await issue("Gold", 5n);
    await spawnWorker("Worker", { module, name: "retire" }, gold).join();
    const doubled: number[] = await parallel([1, 2, 3], { module, name: "double" });
    if (doubled.join() !== "2,4,6") throw new Error(`the threads gave ${doubled}`);
  },
});
