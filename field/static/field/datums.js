// Positions: WGS-84 degrees as phones give them, and what Chinese map apps want (institutions/positions.py has the same).
const RADIANS = Math.PI / 180;

const inChina = (longitude, latitude) =>
  longitude >= 72.004 && longitude <= 137.8347 && latitude >= 0.8293 && latitude <= 55.8271;

// Metres east and north of the GCJ-02 offset at (x, y) degrees from 105°E 35°N.
function offset(x, y) {
  const wave = (a, b) => Math.sin(a * Math.PI) * b;
  const common = (wave(6 * x, 20) + wave(2 * x, 20)) * 2 / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + common;
  north += (wave(y, 20) + wave(y / 3, 40)) * 2 / 3 + (wave(y / 12, 160) + wave(y / 30, 320)) * 2 / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + common;
  east += (wave(x, 20) + wave(x / 3, 40)) * 2 / 3 + (wave(x / 12, 150) + wave(x / 30, 300)) * 2 / 3;
  return [east, north];
}

export function toGcj02(longitude, latitude) {
  if (!inChina(longitude, latitude)) return [longitude, latitude];
  const [east, north] = offset(longitude - 105, latitude - 35);
  const a = 6378245;
  const eccentricity = 0.00669342162296594323;
  const magic = 1 - eccentricity * Math.sin(latitude * RADIANS) ** 2;
  return [
    longitude + east * 180 / (a / Math.sqrt(magic) * Math.cos(latitude * RADIANS) * Math.PI),
    latitude + north * 180 / (a * (1 - eccentricity) / (magic * Math.sqrt(magic)) * Math.PI),
  ];
}

export function toBd09(longitude, latitude) {
  if (!inChina(longitude, latitude)) return [longitude, latitude];
  const [x, y] = toGcj02(longitude, latitude);
  const turn = Math.PI * 3000 / 180;
  const z = Math.hypot(x, y) + 0.00002 * Math.sin(y * turn);
  const theta = Math.atan2(y, x) + 0.000003 * Math.cos(x * turn);
  return [z * Math.cos(theta) + 0.0065, z * Math.sin(theta) + 0.006];
}

// Metres between two positions of {longitude, latitude}, on a sphere: to say how far, not to judge by.
export function distance(here, there) {
  const half = (a, b) => Math.sin((b - a) * RADIANS / 2) ** 2;
  const chord = half(here.latitude, there.latitude)
    + Math.cos(here.latitude * RADIANS) * Math.cos(there.latitude * RADIANS) * half(here.longitude, there.longitude);
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(chord)));
}

const degrees = (pair) => pair.map((each) => each.toFixed(6));

// The way there in the phone's map apps, each in the datum that it draws in.
export function waysTo({ longitude, latitude, name }) {
  const called = encodeURIComponent(name);
  const [lon, lat] = degrees([longitude, latitude]);
  const [amapLon, amapLat] = degrees(toGcj02(longitude, latitude));
  const [baiduLon, baiduLat] = degrees(toBd09(longitude, latitude));
  return {
    amap: `https://uri.amap.com/navigation?to=${amapLon},${amapLat},${called}&mode=car&coordinate=gaode&callnative=1`,
    baidu: `https://api.map.baidu.com/direction?destination=latlng:${baiduLat},${baiduLon}|name:${called}&mode=driving&coord_type=bd09ll&output=html&src=field`,
    tencent: `https://apis.map.qq.com/uri/v1/routeplan?type=drive&to=${called}&tocoord=${amapLat},${amapLon}&referer=field`,
    geo: `geo:${lat},${lon}?q=${lat},${lon}(${called})`,
  };
}
