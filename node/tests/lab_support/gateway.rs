//! A router that can be asked to let others in: UPnP's Internet Gateway Device, as far as boxes use it.
//!
//! Real datagrams (SSDP), real HTTP with SOAP in it, and real rules in the router's own table. What is made up is the router.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::Namespace;

/// The router's address at home.
const AT_HOME: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
/// Where programs ask for routers (UPnP Device Architecture 1.0, section 1).
const SEARCH: Ipv4Addr = Ipv4Addr::new(239, 255, 255, 250);
const SEARCH_PORT: u16 = 1900;
/// Where it answers questions.
const CONTROL_PORT: u16 = 5000;
const SERVICE: &str = "urn:schemas-upnp-org:service:WANIPConnection:1";

/// What it was asked to let in: protocol, port outside, machine and port inside.
pub type Opened = Arc<Mutex<Vec<(String, u16, String, u16)>>>;

/// Has a router answer who asks it from home, from now on until the test ends. It says that its address outside is
/// `outside`, and what is opened goes from there to the machine that asked.
pub fn answer(router: &Namespace, outside: Ipv4Addr) -> Opened {
    router.run(
        "nft add chain ip home in '{ type nat hook prerouting priority -100; }'
         nft add rule ip home through ct status dnat accept",
    );
    let opened = Opened::default();
    let place = std::fs::File::open(format!("/proc/{}/ns/net", router.holder.id())).unwrap();
    let (pid, kept) = (router.holder.id(), Arc::clone(&opened));
    let (ready, begun) = std::sync::mpsc::channel();
    thread::spawn(move || {
        move_into_link_name_space(std::os::fd::AsFd::as_fd(&place), Some(LinkNameSpaceType::Network)).unwrap();
        let search = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, SEARCH_PORT)).unwrap();
        search.join_multicast_v4(&SEARCH, &AT_HOME).unwrap();
        let control = TcpListener::bind((AT_HOME, CONTROL_PORT)).unwrap();
        thread::spawn(move || tell_where(&search));
        ready.send(()).unwrap();
        for stream in control.incoming().map_while(Result::ok) {
            let kept = Arc::clone(&kept);
            thread::spawn(move || serve(stream, pid, outside, &kept));
        }
    });
    begun.recv().unwrap();
    opened
}

/// Answers each search with where to ask.
fn tell_where(search: &UdpSocket) {
    let mut buffer = [0; 2048];
    while let Ok((length, from)) = search.recv_from(&mut buffer) {
        let asked = String::from_utf8_lossy(&buffer[..length]);
        if asked.starts_with("M-SEARCH") && asked.contains("InternetGatewayDevice") {
            let answer = format!(
                "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\
                 USN: uuid:testlab::urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nEXT:\r\nSERVER: lab/1 UPnP/1.0\r\n\
                 LOCATION: http://{AT_HOME}:{CONTROL_PORT}/device.xml\r\n\r\n"
            );
            search.send_to(answer.as_bytes(), from).unwrap();
        }
    }
}

/// Answers one request.
fn serve(stream: TcpStream, pid: u32, outside: Ipv4Addr, opened: &Opened) -> Option<()> {
    let from = stream.peer_addr().ok()?;
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        match line.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let answer = match request.split(' ').nth(1)? {
        "/device.xml" => device(),
        "/service.xml" => service(),
        "/control" => control(&body, &from.ip().to_string(), pid, outside, opened),
        _ => return None,
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        answer.len()
    );
    reader.get_mut().write_all(format!("{head}{answer}").as_bytes()).ok()
}

/// What it is, and where its one service is.
fn device() -> String {
    let nested = |kind: &str, inner: &str| {
        format!("<device><deviceType>urn:schemas-upnp-org:device:{kind}:1</deviceType>{inner}</device>")
    };
    let service = format!(
        "<serviceList><service><serviceType>{SERVICE}</serviceType><SCPDURL>/service.xml</SCPDURL>\
         <controlURL>/control</controlURL></service></serviceList>"
    );
    let connection = nested("WANConnectionDevice", &service);
    let wan = nested("WANDevice", &format!("<deviceList>{connection}</deviceList>"));
    let gateway = nested("InternetGatewayDevice", &format!("<deviceList>{wan}</deviceList>"));
    format!("<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\">{gateway}</root>")
}

/// What it can be asked, and with which arguments.
fn service() -> String {
    let action = |name: &str, arguments: &[&str]| {
        let argument = |name: &&str| format!("<argument><name>{name}</name><direction>in</direction></argument>");
        let arguments: String = arguments.iter().map(argument).collect();
        format!("<action><name>{name}</name><argumentList>{arguments}</argumentList></action>")
    };
    let port = ["NewRemoteHost", "NewExternalPort", "NewProtocol"];
    let whole = [
        &port[..],
        &["NewInternalPort", "NewInternalClient", "NewEnabled", "NewPortMappingDescription", "NewLeaseDuration"],
    ]
    .concat();
    let actions =
        [action("GetExternalIPAddress", &[]), action("AddPortMapping", &whole), action("DeletePortMapping", &port)]
            .concat();
    format!(
        "<?xml version=\"1.0\"?><scpd xmlns=\"urn:schemas-upnp-org:service-1-0\"><actionList>{actions}</actionList></scpd>"
    )
}

/// Does what it is asked.
fn control(body: &str, from: &str, pid: u32, outside: Ipv4Addr, opened: &Opened) -> String {
    let value = |name: &str| {
        body.split(&format!("<{name}>")).nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default()
    };
    let (name, result) = if body.contains("GetExternalIPAddress") {
        ("GetExternalIPAddress", format!("<NewExternalIPAddress>{outside}</NewExternalIPAddress>"))
    } else if body.contains("AddPortMapping") {
        let (protocol, client) = (value("NewProtocol").to_lowercase(), value("NewInternalClient").to_owned());
        let [port, inside] = ["NewExternalPort", "NewInternalPort"].map(|name| value(name).parse::<u16>().unwrap());
        // Nobody opens a door of somebody else's machine.
        assert_eq!(client, from);
        let rule =
            format!("nft add rule ip home in ip daddr {outside} {protocol} dport {port} dnat to {client}:{inside}");
        super::run_in(pid, &rule);
        opened.lock().unwrap().push((protocol, port, client, inside));
        ("AddPortMapping", String::new())
    } else {
        let (protocol, port) = (value("NewProtocol").to_lowercase(), value("NewExternalPort").parse::<u16>().unwrap());
        opened.lock().unwrap().retain(|one| (&one.0, one.1) != (&protocol, port));
        ("DeletePortMapping", String::new())
    };
    format!(
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body>\
         <u:{name}Response xmlns:u=\"{SERVICE}\">{result}</u:{name}Response></s:Body></s:Envelope>"
    )
}
