"use strict";
// Draws the table of all findings from the compressed data of the page. Everything else works without it.
(() => {
  const PAGE = 50;
  const byId = (id) => document.getElementById(id);
  const fromBase64 = (text) => {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
    return bytes;
  };
  const inflated = (bytes) =>
    new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();

  const explore = ({ texts, rows }) => {
    const total = rows[0].length;
    const lower = texts.map((column) => column.map((text) => text.toLowerCase()));
    const ranks = texts.map((column, at) => {
      if (at < 2) return column.map((_, place) => place); // already in order of weight
      const order = column.map((_, place) => place).sort((a, b) => (lower[at][a] < lower[at][b] ? -1 : 1));
      const rank = new Array(column.length);
      order.forEach((place, position) => { rank[place] = position; });
      return rank;
    });
    let found = [];
    let page = 0;
    let sort = null;

    const filter = () => {
      const words = byId("filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
      const status = byId("filter-status").value;
      const severity = byId("filter-severity").value;
      const hits = words.map((word) => lower.map((column) => column.map((text) => text.includes(word))));
      found = [];
      for (let row = 0; row < total; row += 1) {
        if (status !== "" && rows[0][row] !== Number(status)) continue;
        if (severity !== "" && rows[1][row] !== Number(severity)) continue;
        if (hits.every((columns) => columns.some((column, at) => column[rows[at][row]]))) found.push(row);
      }
      if (sort) {
        const { column, up } = sort;
        const rank = ranks[column];
        const cells = rows[column];
        found.sort((a, b) => (rank[cells[a]] - rank[cells[b]]) * up || a - b);
      }
      page = 0;
      draw();
    };

    const draw = () => {
      const pages = Math.max(1, Math.ceil(found.length / PAGE));
      const body = byId("explorer-rows");
      body.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map((row) => {
        const line = document.createElement("tr");
        texts.forEach((column, at) => {
          const cell = document.createElement("td");
          cell.textContent = column[rows[at][row]];
          if (at === 2 || at === 3) cell.className = "name";
          if (at === 4) cell.className = "where";
          line.append(cell);
        });
        return line;
      }));
      const number = new Intl.NumberFormat("en");
      byId("explorer-count").textContent = `${number.format(found.length)} of ${number.format(total)} findings`;
      byId("page-number").textContent = `Page ${number.format(page + 1)} of ${number.format(pages)}`;
      byId("page-back").disabled = page === 0;
      byId("page-on").disabled = page >= pages - 1;
    };

    const choices = (id, column) => {
      const present = new Set(rows[column]);
      texts[column].forEach((text, place) => {
        if (present.has(place)) byId(id).append(new Option(text, String(place)));
      });
    };

    choices("filter-status", 0);
    choices("filter-severity", 1);
    let waiting = 0;
    byId("filter-text").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, 150);
    });
    byId("filter-status").addEventListener("change", filter);
    byId("filter-severity").addEventListener("change", filter);
    byId("page-back").addEventListener("click", () => { page -= 1; draw(); });
    byId("page-on").addEventListener("click", () => { page += 1; draw(); });
    document.querySelectorAll("#explorer button[data-column]").forEach((button) => {
      button.addEventListener("click", () => {
        const column = Number(button.dataset.column);
        sort = { column, up: sort && sort.column === column ? -sort.up : 1 };
        document.querySelectorAll("#explorer th[aria-sort]").forEach((head) => head.setAttribute("aria-sort", "none"));
        button.closest("th").setAttribute("aria-sort", sort.up === 1 ? "ascending" : "descending");
        filter();
      });
    });
    filter();
    byId("explorer").hidden = false;
  };

  const failed = () => {
    const note = document.createElement("p");
    note.textContent = "This browser cannot unpack the table of all findings. The same findings are in the JSON result.";
    byId("explorer").before(note);
  };

  if (typeof DecompressionStream === "undefined") {
    failed();
  } else {
    inflated(fromBase64(byId("findings-data").textContent)).then(explore, failed);
  }

  // Print closed sections too.
  addEventListener("beforeprint", () => {
    document.querySelectorAll("details").forEach((part) => { part.open = true; });
  });
})();
