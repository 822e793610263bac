// Institutions on the folium map: markers by colour and shape, clusters ringed by their worst standing, popups as text.
(() => {
  "use strict";
  const COLOURS = { licensed: "#0072B2", corrected: "#0072B2", open: "#E69F00", overdue: "#D55E00", closed: "#666666", clear: "#8fa3b0" };
  const WORST_FIRST = ["overdue", "open", "closed", "licensed", "corrected", "clear"];
  const SHAPES = {
    licensed: ["circle", { cx: 9, cy: 9, r: 7 }], corrected: ["circle", { cx: 9, cy: 9, r: 7 }],
    open: ["path", { d: "M9 1.5 17 16H1z" }], overdue: ["rect", { x: 2, y: 2, width: 14, height: 14 }],
    closed: ["path", { d: "M3 3 15 15M15 3 3 15", stroke: "#666666", "stroke-width": 4, "stroke-linecap": "round" }],
    clear: ["circle", { cx: 9, cy: 9, r: 5.5 }],
  };
  const MOST_LISTED = 50;

  function shape(standing) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("viewBox", "0 0 18 18");
    const [tag, attributes] = SHAPES[standing];
    const drawn = document.createElementNS(ns, tag);
    const base = { fill: standing === "clear" ? "#fff" : COLOURS[standing], stroke: standing === "clear" ? COLOURS.clear : "#fff", "stroke-width": standing === "clear" ? 3 : 1.5 };
    for (const [name, value] of Object.entries({ ...base, ...attributes })) drawn.setAttribute(name, value);
    svg.append(drawn);
    return svg;
  }

  function element(tag, text, children = []) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  window.showInstitutions = (map) => {
    const config = JSON.parse(document.getElementById("map-config").textContent);
    const list = document.getElementById("list");
    const status = document.getElementById("map-status");
    const say = list.dataset;
    const fill = (sentence, n) => sentence.replace("{n}", n);
    map.attributionControl.setPrefix(false);

    for (const item of document.querySelectorAll("#legend li")) item.querySelector(".pin").append(shape(item.dataset.standing));
    for (const place of config.townships) {
      const icon = L.divIcon({ className: "place", html: element("span", place.name), iconSize: [90, 16], iconAnchor: [45, 34] });
      L.marker([place.latitude, place.longitude], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }).addTo(map);
    }

    const fileOf = (institution) => config.file.replace("00000000-0000-0000-0000-000000000000", institution.id);
    const facts = (institution) => [
      config.standings[institution.standing], institution.township, config.licence_statuses[institution.licence_status],
      institution.due_on ? `${say.due} ${institution.due_on}` : "",
    ].filter(Boolean).join(" · ");

    function link(institution) {
      const made = element("a", institution.name);
      made.href = fileOf(institution);
      return made;
    }

    function popup(marker) {
      const here = marker.getLatLng();
      const together = markers.filter((other) => other.getLatLng().equals(here)).map((other) => other.institution);
      if (together.length === 1) {
        return element("div", "", [element("b", "", [link(together[0])]), element("div", facts(together[0]))]);
      }
      const items = together.map((each) => element("li", "", [link(each), element("div", facts(each))]));
      return element("div", "", [element("b", fill(say.here, together.length)), element("ul", "", items)]);
    }

    const clusters = L.markerClusterGroup({
      maxClusterRadius: 46, chunkedLoading: false, showCoverageOnHover: false, spiderfyOnMaxZoom: true,
      iconCreateFunction(cluster) {
        const inside = cluster.getAllChildMarkers();
        const held = new Set(inside.map((marker) => marker.institution.standing));
        const size = inside.length < 10 ? 34 : inside.length < 100 ? 42 : 52;
        const bubble = `bubble ${WORST_FIRST.find((standing) => held.has(standing))}`;
        return L.divIcon({ html: element("span", String(inside.length)), className: bubble, iconSize: [size, size] });
      },
    });
    let markers = [];

    // From the list: go there and say what is there, whether the marker is drawn alone, in a cluster or under another.
    function show(marker) {
      map.setView(marker.getLatLng(), Math.max(map.getZoom(), 16), { animate: false });
      L.popup().setLatLng(marker.getLatLng()).setContent(popup(marker)).openOn(map);
    }

    function showList() {
      const bounds = map.getBounds();
      const inView = markers.filter((marker) => bounds.contains(marker.getLatLng()));
      document.getElementById("in-view").textContent = inView.length;
      const rank = (marker) => WORST_FIRST.indexOf(marker.institution.standing);
      const listed = inView.sort((a, b) => rank(a) - rank(b)).slice(0, MOST_LISTED).map((marker) => {
        const button = element("button", marker.institution.name);
        button.type = "button";
        button.addEventListener("click", () => show(marker));
        const pin = element("span", "", [shape(marker.institution.standing)]);
        pin.className = "pin";
        return element("li", "", [pin, element("span", "", [button, element("small", facts(marker.institution))])]);
      });
      if (inView.length > MOST_LISTED) listed.push(element("li", fill(say.more, inView.length - MOST_LISTED)));
      if (!inView.length) listed.push(element("li", say.empty));
      list.replaceChildren(...listed);
    }

    fetch(config.features, { headers: { Accept: "application/json" } })
      .then((response) => { if (!response.ok) throw new Error(String(response.status)); return response.json(); })
      .then((collection) => {
        if (collection.features.some((feature) => "count" in feature.properties)) {
          status.textContent = fill(say.many, collection.located); // the server counted squares: too many to draw one by one
          return;
        }
        const counts = {};
        markers = collection.features.map((feature) => {
          const [longitude, latitude] = feature.geometry.coordinates;
          const institution = feature.properties;
          counts[institution.standing] = (counts[institution.standing] || 0) + 1;
          const icon = L.divIcon({ className: "pin-icon", html: shape(institution.standing), iconSize: [18, 18] });
          const marker = L.marker([latitude, longitude], { icon, title: institution.name, alt: institution.name });
          marker.institution = institution;
          return marker.bindPopup(() => popup(marker));
        });
        clusters.addLayers(markers);
        map.addLayer(clusters);
        for (const item of document.querySelectorAll("#legend li")) item.querySelector("b").textContent = counts[item.dataset.standing] || 0;
        if (markers.length) map.fitBounds(clusters.getBounds().pad(0.05), { maxZoom: 15, animate: false });
        status.textContent = fill(say.ready, collection.located);
        status.dataset.drawn = markers.length;
        showList();
        map.on("moveend", showList);
      })
      .catch((problem) => {
        status.textContent = say.failed;
        throw problem;
      });
  };
})();
