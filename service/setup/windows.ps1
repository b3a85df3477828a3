# What only Windows has, each behind a function that decides nothing. The tests put a pretended Windows in the place of
# this file; everything else of the setup runs in them as it is.

# The unpacked package, or the folder of the program when this runs from there.
function Get-PackageFolder { return Split-Path -Parent $PSScriptRoot }

function Read-Machine {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object Security.Principal.WindowsPrincipal $identity
    # By SID: the group has another name in other languages. A token filtered by User Account Control is not in it.
    $administrators = New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-544'
    $version = Read-RegistryKey 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    return @{
        isAdministrator = $principal.IsInRole($administrators)
        is64Bit         = [Environment]::Is64BitProcess
        build           = [int]$version['CurrentBuildNumber']
        powershell      = [string]$PSVersionTable.PSVersion
        userSid         = [string]$identity.User.Value
    }
}

function Read-Drive([string]$path) {
    $drive = New-Object IO.DriveInfo $path.Substring(0, 1)
    if (-not $drive.IsReady) { return $null }
    return @{ type = [string]$drive.DriveType; format = $drive.DriveFormat; freeBytes = $drive.AvailableFreeSpace }
}

# Runs a program to its end. The arguments stay apart until Join-Arguments; no shell is in between.
function Invoke-Program([string]$path, [string[]]$arguments, [int]$limitSeconds) {
    $start = New-Object Diagnostics.ProcessStartInfo
    $start.FileName = $path
    $start.Arguments = Join-Arguments $arguments
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = [Text.Encoding]::UTF8
    $start.StandardErrorEncoding = [Text.Encoding]::UTF8
    $process = [Diagnostics.Process]::Start($start)
    # Both at once: a program stops when one of them is full.
    $out = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit($limitSeconds * 1000)) {
        $process.Kill()
        throw "$path did not end within $limitSeconds s"
    }
    return @{ code = $process.ExitCode; out = [string]$out.Result; errors = [string]$errors.Result }
}

# Starts a program that goes on when this one has ended. Windows itself starts it: it inherits neither the window nor a
# pipe that somebody reads to its end.
function Start-Aside([string]$path, [string[]]$arguments) {
    $start = New-Object Diagnostics.ProcessStartInfo
    $start.FileName = $path
    $start.Arguments = Join-Arguments $arguments
    $start.WorkingDirectory = $env:SystemRoot
    $start.UseShellExecute = $true
    $start.WindowStyle = 'Hidden'
    [void][Diagnostics.Process]::Start($start)
}

# Whether the program that a process runs lies in a folder.
function Test-RunsFrom([int]$processId, [string]$folder) {
    try { return ([string](Get-Process -Id $processId).Path).StartsWith("$folder\", [StringComparison]::OrdinalIgnoreCase) }
    catch { return $false }
}

function Get-PowerShellPath { return "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe" }

# The values of a key of HKEY_LOCAL_MACHINE as they are written, nothing expanded; $null when there is no such key.
function Read-RegistryKey([string]$key) {
    $path = "Registry::HKEY_LOCAL_MACHINE\$key"
    if (-not (Test-Path -LiteralPath $path)) { return $null }
    $item = Get-Item -LiteralPath $path
    $values = @{}
    foreach ($name in $item.GetValueNames()) {
        $values[$name] = $item.GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames)
    }
    return $values
}

# One value of each key right below a key, by the name of that key. What cannot be opened is passed over.
function Read-ValueBelow([string]$key, [string]$name) {
    $item = Get-Item -LiteralPath "Registry::HKEY_LOCAL_MACHINE\$key"
    $values = @{}
    foreach ($below in $item.GetSubKeyNames()) {
        try { $values[$below] = $item.OpenSubKey($below).GetValue($name, $null, [Microsoft.Win32.RegistryValueOptions]::DoNotExpandEnvironmentNames) }
        catch { continue }
    }
    return $values
}

# $type is String, ExpandString or DWord.
function Write-RegistryValue([string]$key, [string]$name, [string]$type, $value) {
    $path = "Registry::HKEY_LOCAL_MACHINE\$key"
    # With -Force it would empty a key that is there.
    if (-not (Test-Path -LiteralPath $path)) { $null = New-Item -Path $path -Force }
    $null = New-ItemProperty -LiteralPath $path -Name $name -PropertyType $type -Value $value -Force
}

function Remove-RegistryKey([string]$key) {
    $path = "Registry::HKEY_LOCAL_MACHINE\$key"
    if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Recurse -Force }
}

# Tells running programs that an environment variable has changed. Removing one that does not exist sends the message.
function Send-EnvironmentChange {
    [Environment]::SetEnvironmentVariable('HYPERV_CHECKPOINT_AGENT_SETUP', $null, [EnvironmentVariableTarget]::Machine)
}

# Missing, Stopped, StartPending, StopPending, Running and so on.
function Read-ServiceStatus([string]$name) {
    $service = Get-Service -Name $name -ErrorAction SilentlyContinue
    if ($null -eq $service) { return 'Missing' }
    return [string]$service.Status
}

function Read-Sddl([string]$path) { return (Get-Acl -LiteralPath $path).Sddl }

# As a SID: a descriptor abbreviates more of them than anybody lists, such as that of the built-in Administrator.
function Read-Owner([string]$path) { return (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier]).Value }

function Write-Sddl([string]$path, [string]$sddl) {
    $acl = Get-Acl -LiteralPath $path
    $acl.SetSecurityDescriptorSddlForm($sddl, [Security.AccessControl.AccessControlSections]'Access, Owner')
    Set-Acl -LiteralPath $path -AclObject $acl
}

# A folder that nobody else can put anything into, not even for the moment between making and locking it.
function New-Folder([string]$path, [string]$sddl) {
    $security = New-Object Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm($sddl, [Security.AccessControl.AccessControlSections]'Access')
    if ($PSVersionTable.PSEdition -eq 'Desktop') { [void][IO.Directory]::CreateDirectory($path, $security) }
    else { [void][IO.FileSystemAclExtensions]::CreateDirectory($security, $path) }
    Write-Sddl $path $sddl
}

# A link inside is removed and not followed, which Remove-Item of Windows PowerShell 5.1 does not promise.
function Remove-Tree([string]$path) { [IO.Directory]::Delete($path, $true) }

# A folder in which a process stands cannot be removed.
function Enter-SystemFolder {
    Set-Location -LiteralPath $env:SystemRoot
    [Environment]::CurrentDirectory = $env:SystemRoot
}

# Files from a downloaded archive are marked, and policies keep marked scripts from running.
function Unblock-Folder([string]$path) { Get-ChildItem -LiteralPath $path -Recurse -File | Unblock-File }

# Why nobody can listen there at the moment; nothing when somebody can. It does not listen itself: on a desktop Windows
# would ask the user whether it may.
function Test-Port([string]$address, [int]$port) {
    $parsed = $null
    # A name is for the agent to look up.
    if (-not [Net.IPAddress]::TryParse($address, [ref]$parsed)) { return '' }
    try {
        $socket = New-Object Net.Sockets.Socket $parsed.AddressFamily, ([Net.Sockets.SocketType]::Stream), ([Net.Sockets.ProtocolType]::Tcp)
        $socket.ExclusiveAddressUse = $true
        $socket.Bind((New-Object Net.IPEndPoint $parsed, $port))
        $socket.Close()
        return ''
    }
    catch { return [string]$_.Exception.GetBaseException().Message }
}

function Read-PortOwner([int]$port) {
    try {
        $connection = @(Get-NetTCPConnection -State Listen -LocalPort $port)[0]
        $process = Get-Process -Id $connection.OwningProcess
        return "$($process.ProcessName) (process $($process.Id))"
    }
    catch { return '' }
}

# Never by way of a proxy, whatever is set for this user.
function Test-Healthy([string]$url) {
    try {
        $request = [Net.WebRequest]::Create("${url}-/healthy")
        $request.Proxy = $null
        $request.Timeout = 5000
        $response = $request.GetResponse()
        $code = [int]$response.StatusCode
        $response.Close()
        return $code -eq 200
    }
    catch { return $false }
}

# Of a clock that nobody sets.
function Get-Second { return [Diagnostics.Stopwatch]::GetTimestamp() / [Diagnostics.Stopwatch]::Frequency }
