//! Which addresses may a connector reach? The public internet, and of the house's own only what is listed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are nobody's public server, with their prefix lengths (IANA's special-purpose registry), and
/// the address at which one cloud serves its machines' secrets.
const CLOSED_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    CARRIER,
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Shared between a carrier and its customers.
const CARRIER: (Ipv4Addr, u32) = (Ipv4Addr::new(100, 64, 0, 0), 10);

/// Where clouds serve their machines' secrets, among addresses that a house may use otherwise.
const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];

/// All of IPv6 that is routed on the internet.
const GLOBAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What a house numbers its own machines from.
const UNIQUE_LOCAL: (Ipv6Addr, u32) = (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7);

/// Within that: protocol assignments (Teredo, benchmarking, ORCHID), and both ranges for documentation.
const CLOSED_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet. An IPv6 address that carries an IPv4 one is what that one is.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match carried(v6) {
            Some(v4) => is_public_v4(v4),
            None => within_v6(v6, GLOBAL) && !CLOSED_V6.iter().any(|network| within_v6(v6, *network)),
        },
    }
}

/// Whether an address may stand behind a name that the operator listed as the house's own: also private and loopback
/// ones, never link-local ones, multicast, or the places where clouds serve secrets.
pub(super) fn may_be_listed(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let in_house = match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || within_v4(v4, CARRIER),
        IpAddr::V6(v6) => v6.is_loopback() || within_v6(v6, UNIQUE_LOCAL),
    };
    !METADATA.contains(&address) && (in_house || is_public(address))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !CLOSED_V4.iter().any(|network| within_v4(address, *network))
}

/// The IPv4 address inside a mapped, translated (NAT64) or tunnelled (6to4) one.
fn carried(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) | (0x64, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, high, low, ..) => Some(join(high, low)),
        _ => None,
    }
}

/// Prefix lengths are between 1 and the address's own, so the shifts stay below it.
fn within_v4(address: Ipv4Addr, (network, bits): (Ipv4Addr, u32)) -> bool {
    let shift = 32 - bits;
    u32::from(address) >> shift == u32::from(network) >> shift
}

fn within_v6(address: Ipv6Addr, (network, bits): (Ipv6Addr, u32)) -> bool {
    let shift = 128 - bits;
    u128::from(address) >> shift == u128::from(network) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_public_is_refused() {
        let closed = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 \
            127.255.255.254 168.63.129.16 169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.192 192.0.2.1 \
            192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.250 \
            240.0.0.1 255.255.255.255 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 \
            ::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 \
            2001:0:53aa:64c:0:fffe:80ff:fffe 2001:2::1 2001:10::1 2001:db8::1 2002:7f00:1::1 2002:a9fe:a9fe::1 \
            2002:a00:1::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fec0::1 ff02::1 4000::1";
        for text in closed.split_whitespace() {
            assert!(!is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn what_is_public_is_let_through() {
        let open = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1 \
            130.14.29.110 169.253.1.1 172.15.255.255 172.32.0.0 192.0.1.1 192.167.1.1 198.17.1.1 198.20.0.0 \
            223.255.255.255 2607:f220:41e:4290::110 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 \
            2001:200::1 2620:0:e00::1";
        for text in open.split_whitespace() {
            assert!(is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn a_listed_host_may_be_the_houses_own_but_no_place_of_secrets() {
        for text in
            ["10.1.2.3", "127.0.0.1", "192.168.1.1", "100.64.1.1", "::1", "fd12:3456::1", "8.8.8.8", "::ffff:10.0.0.1"]
        {
            assert!(may_be_listed(address(text)), "{text}");
        }
        for text in [
            "0.0.0.0",
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
            "fe80::1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
        ] {
            assert!(!may_be_listed(address(text)), "{text}");
        }
    }
}
